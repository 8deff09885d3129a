/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_SNAPSHOT
#define TRIAGE_DAEMON_SPOOL_SNAPSHOT

#include "daemon/spool/spool_dir.h"

/* One directory of a spool as it was found; entries in the order of their names. */
struct snapshot {
	struct spool_dir dir;
	size_t unreadable; /* entries that could not even be looked at */
	bool too_many;	   /* of more than ENTRIES_MAX, some were left out */
	char *path;
};

#define ENTRIES_MAX 65536

/* path lies below root, or is root itself: see spool_path_open(), whose errors these are. */
struct err *snapshot_take(const char *root, const char *path, struct snapshot **ret);
void snapshot_free(struct snapshot *snapshot);
DEFINE_CLEANUP(struct snapshot, snapshot_free)

#endif
