/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_SNAPSHOT
#define TRIAGE_DAEMON_SPOOL_SNAPSHOT

#include <dirent.h>

#include "base/hash.h"
#include "daemon/spool/spool_dir.h"

/* One directory of a spool as it was found; entries in the order of their names. */
struct snapshot {
	struct spool_dir dir;
	size_t unreadable;  /* entries that could not even be looked at */
	size_t passed_over; /* entries left out, see ENTRIES_MAX */
	char *path;
	DIR *stream;	/* while it is read */
	bool named;	/* all names are there */
	size_t sniffed; /* entries whose format is */
};

/*
 * Of a directory with more entries, those are kept whose names look like a dump's, the newest of
 * them, and as many of the others as there is room for.
 */
#define ENTRIES_MAX 65536

/*
 * What the first bytes of files were, and which of them are one dump, by device, inode, size and mtime: a file that has not changed
 * is not opened again. Two generations: what no scan asked for since the last formats_age() goes.
 */
struct formats {
	struct map now, before;
};
void formats_age(struct formats *formats);
void formats_deinit(struct formats *formats);

/* path lies below root, or is root itself: see spool_path_open(), whose errors these are. */
struct err *snapshot_begin(const char *root, const char *path, struct snapshot **ret);
/* Read on until end_ms, on the loop's clock; *whole when all is there. */
struct err *snapshot_read(struct snapshot *snapshot, struct formats *formats, int64_t end_ms,
			  bool *whole);
/* Both in one. */
struct err *snapshot_take(const char *root, const char *path, struct snapshot **ret);
void snapshot_free(struct snapshot *snapshot);
DEFINE_CLEANUP(struct snapshot, snapshot_free)

#endif
