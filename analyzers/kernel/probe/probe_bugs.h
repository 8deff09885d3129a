/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_BUGS
#define TRIAGE_KERNEL_PROBE_PROBE_BUGS

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * bug_entry, by the kernel's own table: each leads to a ud2 and to a source file's name. And where a module
 * has its table, behind module.num_bugs.
 */
struct err *probe_bugs(struct kernel *kernel, struct type_provider *types);

#endif
