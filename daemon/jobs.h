/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_JOBS
#define TRIAGE_DAEMON_JOBS

#include "daemon/daemon.h"

/*
 * The jobs that run: a worker for each, from the queue until the verdict is stored. Findings go
 * into the store as they come, so that a worker's sudden end loses nothing and a big dump costs
 * the daemon no memory.
 */
struct jobs;

struct err *jobs_create(struct daemon *daemon, struct jobs **ret);
/* Ends the workers; what they were at is queued again at the next start. */
void jobs_destroy(struct jobs *jobs);
DEFINE_CLEANUP(struct jobs, jobs_destroy)
/* Start what there is to start, as soon as the loop has time. */
void jobs_wake(struct jobs *jobs);
/* There is more of a dump than was read, or is being read: read it again. In the transaction that is open. */
struct err *jobs_repeat(struct jobs *jobs, int64_t dump);
/*
 * While held, no job is started: until the spools were looked through for the first time, so that
 * the newest of the dumps in them is analyzed first.
 */
void jobs_hold(struct jobs *jobs, bool hold);
/* End all workers at once: the store is gone. */
void jobs_drop(struct jobs *jobs);
/* [{"id", "path", "step", "pid", "seconds"}], for status. */
json_t *jobs_status(const struct jobs *jobs);

#endif
