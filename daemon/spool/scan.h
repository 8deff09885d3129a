/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_SCAN
#define TRIAGE_DAEMON_SPOOL_SCAN

#include "daemon/spool/candidate.h"

/* What a spool tells of the directories that it looks at. */

/* A finished dump, or a log that stands for one. Strings are the scan's. */
struct spool_file {
	const struct spool_entry *entry;
	const struct candidate *candidate;
	char *path;
	bool known;	 /* events.known() said so */
	bool incomplete; /* its writer never finished it, but nothing has come for stale_time */
	enum sniff_format format;
	int64_t crash_time; /* seconds since the epoch: the header's, else the file's mtime */
};

/* What a look at a directory found; of one with many files it comes in slices. */
struct spool_scan {
	const char *root, *directory, *note;
	const struct spool_dir *dir;
	struct spool_file *files; /* that are finished, and new */
	size_t count;
	/* All that are finished, so far: known ones too, and files of a log of which more comes. */
	const struct spool_entry **finished;
	size_t finished_count;
	bool whole; /* the last slice: what is not among finished is no dump any more */
};

struct spool_events {
	/* Is this very file, unchanged, known already? */
	bool (*known)(void *context, const struct spool_entry *entry, const char *path);
	/* A slice of a directory was looked at. */
	void (*scanned)(void *context, const struct spool_scan *scan);
	/* This directory, and so all below it, is no longer there. */
	void (*gone)(void *context, const char *directory);
	/* Every directory there is was looked at. */
	void (*complete)(void *context);
	void *context;
};

#endif
