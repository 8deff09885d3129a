/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_USAGE
#define TRIAGE_KERNEL_PROBE_PROBE_USAGE

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * Add what tells who has the memory: mm_struct.rss_stat (include/linux/mm_types.h), of which the kernel's
 * code tells the second count; the list of cgroups and their limit (include/linux/page_counter.h), by
 * the root's. Fails on out-of-memory alone.
 */
struct err *probe_usage(struct kernel *kernel, struct type_provider *types);

#endif
