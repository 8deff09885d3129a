/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE
#define TRIAGE_KERNEL_PROBE_PROBE

#include "base/error.h"

struct kernel;

/*
 * Where a kernel has no BTF and nobody has its vmlinux: find the members that analyzers need in the
 * dead kernel itself, and add them to its types. A member is taken only where it holds for all
 * instances looked at and no other place does; what was not found is absent. Needs symbols and
 * per-CPU areas. ERR_NOT_FOUND when not even the tasks can be told.
 */
struct err *probe_open(struct kernel *kernel);

#endif
