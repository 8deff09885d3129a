/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_SNAPSHOT
#define TRIAGE_DAEMON_SPOOL_SNAPSHOT

#include "daemon/spool/spool_dir.h"

/*
 * Reading a spool: a place where others write, move and delete, and where no symbolic link is
 * ever followed. A root's own path may have links in it; what lies below may not.
 */

/* Open what lies at path, below root (or root itself). Never blocks, also on a FIFO. */
struct err *open_below(const char *root, const char *path, int flags, int *ret);

/* One directory as it was found; entries in the order of their names. */
struct snapshot {
	struct spool_dir dir;
	size_t unreadable; /* entries that could not even be looked at */
	bool too_many;	   /* of more than ENTRIES_MAX, some were left out */
	char *path;
};

#define ENTRIES_MAX 65536

struct err *snapshot_take(const char *root, const char *path, struct snapshot **ret);
void snapshot_free(struct snapshot *snapshot);
DEFINE_CLEANUP(struct snapshot, snapshot_free)

/* True for errors that mean that a file or directory is no longer there. */
bool is_gone(const struct err *err);

#endif
