/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_LOOK
#define TRIAGE_DAEMON_SPOOL_LOOK

#include "daemon/config.h"
#include "daemon/spool/pending.h"
#include "daemon/spool/scan.h"
#include "daemon/spool/snapshot.h"

/*
 * One look at one directory: reads it, asks the layouts what in it is a dump, and which of these are
 * finished. It goes on in turns, so that a directory of many thousand files keeps nothing else
 * waiting, with the newest files first.
 */
struct look;

/* What looks share, and tell. */
struct look_context {
	const struct config *config;
	const struct spool_events *events;
	struct pending *pending;
	struct formats *formats;
	/* A file that cannot be looked into. */
	void (*refuse)(void *spool, const char *directory, const struct spool_entry *entry,
		       const char *why);
	void *spool;
};

/* path lies below root, or is root itself: see spool_path_open(), whose errors these are. */
struct err *look_begin(const struct look_context *context, const char *root, const char *path,
		       struct look **ret);
/* Go on until end_ms, on the loop's clock; *over when nothing is left to do. */
struct err *look_go_on(struct look *look, int64_t end_ms, bool *over);
/* All entries of the directory, once the look is over. */
const struct snapshot *look_snapshot(const struct look *look);
/* When it is not over, what was found so far is forgotten, and nothing counts as gone. */
void look_free(struct look *look);
DEFINE_CLEANUP(struct look, look_free)

#endif
