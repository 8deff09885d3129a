/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_TOLD
#define TRIAGE_KERNEL_PROBE_PROBE_TOLD

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * Add the members of told_members.def that the dead kernel's VMCOREINFO tells of, and the numbers of
 * counters by vmstat_text, the kernel's own list of their names. Fails on out-of-memory alone.
 */
struct err *probe_told(struct kernel *kernel, struct type_provider *types);

#endif
