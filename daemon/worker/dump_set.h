/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_DUMP_SET
#define TRIAGE_DAEMON_WORKER_DUMP_SET

#include <stddef.h>

/*
 * The other files of a dump that is several, found beside it: the parts of makedumpfile --split and a disk set
 * of SADUMP by what they say of themselves, VMware's .vmem by its name. The caller closes and frees them; NULL
 * and 0 where there are none. fd is that of path.
 */
int *dump_set_open(const char *path, int fd, size_t *count);

#endif
