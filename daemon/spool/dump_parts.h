/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_DUMP_PARTS
#define TRIAGE_DAEMON_SPOOL_DUMP_PARTS

#include "daemon/spool/candidate.h"

/*
 * Files of one dump (makedumpfile --split, a disk set of SADUMP, a .vmsn and its .vmem) are one candidate, whatever layout took them for
 * several: the first of them, with all that lie in the directory.
 */
void dump_parts_join(const struct spool_dir *dir, struct candidates *candidates);

#endif
