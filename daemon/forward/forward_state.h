/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_FORWARD_FORWARD_STATE
#define TRIAGE_DAEMON_FORWARD_FORWARD_STATE

#include "json.h"

/* How far the forwarder of a host is, for `triage status`: a file in its run directory. */
#define FORWARD_RUN_DIR "/run/triage-forward"
#define FORWARD_STATE_NAME "forward.json"

struct forward_state {
	const char *to;	   /* the server, as it may be shown */
	const char *epoch; /* of the store that the cursor is of; NULL: not known yet */
	int64_t cursor;
	int64_t sent;	 /* verdicts, since it was started */
	int64_t sent_s;	 /* when the last of them were stored; 0: none yet */
	const char *why; /* it waits: what for; NULL: it does not */
	int64_t waits_since_s;
};

/* Write it; where that cannot be done nothing else is hindered, and it is old. */
void forward_state_write(const char *run_dir, const struct forward_state *state);
/* {"to", "epoch", "cursor", "sent", "sent_s", "why", "waits_since_s", "pid"}; NULL where no forwarder has written. */
json_t *forward_state_read(const char *run_dir);

#endif
