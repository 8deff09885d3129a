/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_CRASH_DIR
#define TRIAGE_DAEMON_WORKER_CRASH_DIR

#include "daemon/worker/log_set.h"

/*
 * What of a directory is to be read, when a person names the directory of a crash: the dump, by the
 * layouts that a spool knows; without one the log that stands for it; or what pstore kept.
 * ERR_NOT_FOUND when there is nothing of it, ERR_INVALID when there are several dumps: the message
 * names them. One path in ret, or several of one log.
 */
struct err *crash_dir_find(const char *directory, struct log_set *ret);

#endif
