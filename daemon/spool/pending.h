/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_PENDING
#define TRIAGE_DAEMON_SPOOL_PENDING

#include "base/hash.h"
#include "daemon/spool/candidate.h"
#include "json.h"

/*
 * Dumps that are not finished, as far as one can tell: since when each has been quiet, and when
 * to look again. They are kept by directory: what one look at it found replaces what the look
 * before had found. Cost is that of the directory at hand, however many others there are.
 */
struct pending_dump {
	char *name;
	uint64_t device, inode, size;
	int64_t mtime_ns;
	int64_t since_ms; /* first seen with this size and mtime, on the loop's clock */
	int64_t due_ms;	  /* when it may be taken, if nothing changes */
	const char *why;
	enum readiness readiness;
};

struct pending_dir {
	char *path;
	struct pending_dump *list; /* in the order of devices and inodes, once the look is over */
	size_t count;
	size_t unlisted; /* beyond PENDING_MAX: left to the next scan */
	int64_t due_ms;	 /* of the first of them */
};

struct pending {
	struct pending_dir *dirs; /* also of directories that have none any more */
	size_t dir_count;
	struct map by_path;	   /* hash of the path: index among dirs */
	struct pending_dir before; /* of the directory that is looked at: what was found last */
	size_t at;		   /* its index; SIZE_MAX when none is */
	size_t count;		   /* dumps in all, but for those unlisted */
};
/* So many are kept; the daemon's memory must not be what a crowd of files makes it. */
#define PENDING_MAX 65536

/* How long a file has to be quiet before it is taken, and why. */
struct pending_rule {
	int64_t quiet_ms;
	const char *why;
};

/* A look at a directory begins. On out-of-memory nothing of it will be kept. */
void pending_begin(struct pending *pending, const char *directory);
/* Milliseconds a file has been quiet, by its own mtime or by what we saw; wall_ns is now. */
int64_t pending_quiet_ms(const struct pending *pending, const struct spool_entry *entry,
			 int64_t now_ms, int64_t wall_ns);
/*
 * Whether a file is as it was found by the look before and is not due yet, so that it need not be
 * opened again. It is kept as it was.
 */
bool pending_still_waits(struct pending *pending, const struct spool_entry *entry,
			 enum readiness readiness, int64_t now_ms);
struct err *pending_keep(struct pending *pending, const struct spool_entry *entry,
			 enum readiness readiness, const struct pending_rule *rule, int64_t now_ms,
			 int64_t wall_ns);
/* The look is over: what it did not meet again is dropped. */
void pending_end(struct pending *pending);

/* How many there are, with those that are not listed. */
size_t pending_number(const struct pending *pending);
/* When the first is due, on the loop's clock; -1 for none. */
int64_t pending_due_ms(const struct pending *pending);
/* Call visit for each directory that has one which is due. */
void pending_visit_due(const struct pending *pending, int64_t now_ms,
		       void (*visit)(void *context, const char *directory), void *context);
/* By its path; NULL when it is none of these. */
const struct pending_dump *pending_find(const struct pending *pending, const char *path);
/* The first PENDING_SHOWN as [{"path", "why", "due_s"}]. */
#define PENDING_SHOWN 50
json_t *pending_json(const struct pending *pending, int64_t now_ms);
void pending_deinit(struct pending *pending);

#endif
