/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CRASH_CRASH_COMPARE
#define TRIAGE_CRASH_CRASH_COMPARE

#include "analysis.h"

/*
 * Compare the crash that memory tells of with the oops in the log, and add a finding of what differs.
 * Nothing is added where they agree, or where one of them tells of no oops.
 */
void crash_compare(struct analysis *analysis);

#endif
