/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_PENDING
#define TRIAGE_DAEMON_SPOOL_PENDING

#include "daemon/spool/spool_dir.h"
#include "json.h"

/*
 * Dumps that are not finished, as far as one can tell: since when each has been quiet, and when
 * to look again.
 */
struct pending_dump {
	char *path, *directory;
	uint64_t device, inode, size;
	int64_t mtime_ns;
	int64_t since_ms; /* first seen with this size and mtime, on the loop's clock */
	int64_t due_ms;	  /* when it may be taken, if nothing changes */
	const char *why;
	bool stale; /* of an older scan of its directory, see pending_begin() */
};

struct pending {
	struct pending_dump *list;
	size_t count;
};

/* How long a file has to be quiet before it is taken, and why. */
struct pending_rule {
	int64_t quiet_ms;
	const char *why;
};

/* Milliseconds a file has been quiet, by its own mtime or by what we saw; wall_ns is now. */
int64_t pending_quiet_ms(const struct pending *pending, const struct spool_entry *entry,
			 int64_t now_ms, int64_t wall_ns);
/* Mark all of a directory; pending_end() drops those that pending_keep() did not meet again. */
void pending_begin(struct pending *pending, const char *directory);
struct err *pending_keep(struct pending *pending, const char *directory,
			 const struct spool_entry *entry, const struct pending_rule *rule,
			 int64_t now_ms, int64_t wall_ns);
void pending_end(struct pending *pending, const char *directory);
/* The one due first, or NULL. */
const struct pending_dump *pending_first(const struct pending *pending);
/* By its path; NULL when it is none of these. */
const struct pending_dump *pending_find(const struct pending *pending, const char *path);
/* The first PENDING_SHOWN as [{"path", "why", "due_s"}]. */
#define PENDING_SHOWN 50
json_t *pending_json(const struct pending *pending, int64_t now_ms);
void pending_deinit(struct pending *pending);

#endif
