/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_DELIVER_DELIVER_STATE
#define TRIAGE_DAEMON_DELIVER_DELIVER_STATE

#include "base/error.h"
#include "json.h"

/* How far the deliverer is: what it goes on from, and what `triage status` tells. */
#define DELIVER_KEEP_DIR "/var/lib/triage-deliver"
#define DELIVER_STATE_NAME "deliver.json"
#define DELIVER_ANCHORS_MAX 64

struct deliver_state {
	char *epoch;	   /* of the store that the cursor is of; NULL: nothing was delivered yet */
	int64_t cursor;	   /* number of the last verdict that was delivered */
	json_t *anchors;   /* the last ones, newest first, as export_is_same() takes them */
	int64_t delivered; /* verdicts, ever */
	int64_t delivered_s; /* when the last was; 0: none yet */
	int64_t attempts;    /* at the verdict behind it, in vain */
	char *why;	     /* it waits: what for; NULL: it does not */
	int64_t waits_since_s;
};
void deliver_state_deinit(struct deliver_state *state);

/* Of nothing yet where no file is. ERR_CORRUPT for a file that deliver_state_write() did not write. */
struct err *deliver_state_load(const char *keep_dir, struct deliver_state *ret);
/* On disk, as a whole, when it returns. */
struct err *deliver_state_write(const char *keep_dir, const struct deliver_state *state);
/*
 * {"epoch", "cursor", "delivered", "delivered_s", "attempts", "why", "waits_since_s", "running"}; NULL where no
 * deliverer has written.
 */
json_t *deliver_state_read(const char *keep_dir);
/* Be the only one with this keep_dir, which is made, until *fd is closed. ERR_INVALID: there is one. */
struct err *deliver_state_lock(const char *keep_dir, int *fd);

/* The verdict with that number was delivered. */
void deliver_state_advance(struct deliver_state *state, int64_t number, const char *uid);

#endif
