/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_DUMP_SET
#define TRIAGE_DAEMON_WORKER_DUMP_SET

#include "daemon/worker/log_set.h"

/*
 * The other files of a dump that is several, found beside it: the parts of makedumpfile --split and a disk set
 * of SADUMP by what they say of themselves, VMware's .vmem by its name. The caller closes and frees them; NULL
 * and 0 where there are none. fd is that of path.
 */
int *dump_set_open(const char *path, int fd, size_t *count);
/*
 * Of files that were named: those of paths that are one dump with the only one of set are taken out of paths, as
 * log_set_take() does, and put behind it; in front of it where it is a .vmem. ERR_NOMEM alone.
 */
struct err *dump_set_take(const char **paths, size_t *count, struct log_set *set);
/* Whether two open files are one and the same. */
bool dump_set_is_same_file(int one, int other);

#endif
