/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_METRICS_FILE
#define TRIAGE_DAEMON_METRICS_FILE

#include "daemon/daemon.h"

/*
 * Where triaged.conf names a metrics_file, it is written anew every half minute, for node_exporter's textfile
 * collector: readable for all, and never seen half written. Its age tells whether the daemon still runs.
 */
struct metrics_file;

struct err *metrics_file_create(struct daemon *daemon, struct metrics_file **ret);
void metrics_file_destroy(struct metrics_file *file);
DEFINE_CLEANUP(struct metrics_file, metrics_file_destroy)
/* Write it now: the configuration may name another. */
void metrics_file_wake(struct metrics_file *file);

#endif
