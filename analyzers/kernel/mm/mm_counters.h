/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MM_MM_COUNTERS
#define TRIAGE_KERNEL_MM_MM_COUNTERS

#include "kernel/kernel.h"

/*
 * What memory is used for by the kernel's own counters (mm/vmstat.c). They are folded together now
 * and then only: each CPU may be up to 125 pages ahead of them.
 */

/*
 * A counter of the whole machine by the name of its item, "NR_FREE_PAGES", "NR_ANON_MAPPED"; in
 * pages but for those that end in _KB. Nodes' and zones' items are two enums since 75ef71840539
 * v4.8, one before. False when this kernel has none of that name; a negative one counts as 0.
 */
bool mm_counter(struct kernel *kernel, const char *item, uint64_t *ret);
/* RAM given to the page allocator, in pages. */
bool mm_total(struct kernel *kernel, uint64_t *ret);
/* A struct percpu_counter: its count and what CPUs have not yet added to it; negative is 0. */
bool mm_percpu_counter(struct kernel *kernel, uint64_t counter, uint64_t *ret);

#endif
