/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_SUPERS
#define TRIAGE_KERNEL_PROBE_PROBE_SUPERS

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * super_block.s_list, by the list of all of them: each has the name of a file system; and s_writers.rw_sem,
 * three locks in a row in each. Needs s_type and s_id.
 */
struct err *probe_supers(struct kernel *kernel, struct type_provider *types);

#endif
