/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SPOOL_LAYOUTS
#define TRIAGE_DAEMON_SPOOL_LAYOUTS

#include "daemon/spool/candidate.h"

/*
 * Ask each layout of layouts.def in turn; the first that knows the directory has it. candidates
 * begins zeroed and is for candidates_deinit().
 */
void layouts_recognize(const struct spool_dir *dir, struct candidates *candidates);

#endif
