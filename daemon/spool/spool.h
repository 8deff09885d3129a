/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_SPOOL
#define TRIAGE_DAEMON_SPOOL_SPOOL

#include "daemon/config.h"
#include "daemon/loop.h"
#include "daemon/spool/scan.h"
#include "json.h"

/*
 * The spools: what lies in them, and what of it is finished. A directory is looked at whenever
 * something happens in it, all of them at the start, at every scan_interval and when events were
 * lost. What is known already costs a stat; an unfinished dump is looked at again as soon as it
 * could be finished.
 */
struct spool;

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
