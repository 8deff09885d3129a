/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_SPOOL
#define TRIAGE_DAEMON_SPOOL_SPOOL

#include "daemon/config.h"
#include "daemon/loop.h"
#include "daemon/spool/candidate.h"
#include "json.h"

/*
 * The spools: what lies in them, and what of it is finished. A directory is looked at whenever
 * something happens in it, all of them at the start, at every scan_interval and when events were
 * lost. What is known already costs a stat; an unfinished dump is looked at again as soon as it
 * could be finished.
 */
struct spool;

/* A finished dump, or a log that stands for one. Strings are the scan's. */
struct spool_file {
	const struct spool_entry *entry;
	const struct candidate *candidate;
	char *path;
	bool known;	 /* events.known() said so: nothing below was looked at */
	bool incomplete; /* its writer never finished it, but nothing has come for stale_time */
	enum sniff_format format;
	int64_t crash_time; /* seconds since the epoch: the header's, else the file's mtime */
};

/* All finished dumps of one directory. */
struct spool_scan {
	const char *root, *directory, *note;
	const struct spool_dir *dir;
	struct spool_file *files;
	size_t count;
};

struct spool_events {
	/* Is this very file, unchanged, known already? */
	bool (*known)(void *context, const struct spool_entry *entry, const char *path);
	/* A directory was looked at. What was known in it and is not in scan is no dump any more.
	 */
	void (*scanned)(void *context, const struct spool_scan *scan);
	/* This directory, and so all below it, is no longer there. */
	void (*gone)(void *context, const char *directory);
	/* Every directory there is was looked at. */
	void (*complete)(void *context);
	void *context;
};

/* Takes what it needs from config, which must outlive it. Nothing is read before the loop runs. */
struct err *spool_create(struct loop *loop, const struct config *config,
			 const struct spool_events *events, struct spool **ret);
void spool_destroy(struct spool *spool);
DEFINE_CLEANUP(struct spool, spool_destroy)
/* Look at everything, soon. */
void spool_rescan(struct spool *spool);
/* While paused nothing is read and nothing forgotten. */
void spool_pause(struct spool *spool, bool pause);
/*
 * {"roots": [{path, present, …}], "waiting": [{path, why, due_s}], "waiting_count", "refused":
 * [{path, why}], "refused_count", "paused", "watches"}, for status.
 */
json_t *spool_status(const struct spool *spool);
/*
 * What is known of a file that somebody waits for: {"kind", "why", "due_s"}; the last two may be null.
 *   outside     in none of the spools, or too deep below one
 *   refused     it will not be taken as it is
 *   unfinished  it will be looked at again in due_s
 *   passed_over its directory was looked at, and no layout takes it for a dump
 *   unknown     none of these: it is not there yet, or known to the store
 * path and real are absolute; real has no symbolic links in it as far as it is there.
 */
json_t *spool_about(const struct spool *spool, const char *path, const char *real);

#endif
