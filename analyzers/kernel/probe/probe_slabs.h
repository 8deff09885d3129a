/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_SLABS
#define TRIAGE_KERNEL_PROBE_PROBE_SLABS

#include "kernel/probe/probe_sample.h"

/*
 * Add the members of SLUB's structures (mm/slub.c, mm/slab.h): kmem_cache by the list of caches, their
 * names and sizes; struct slab, struct page before d122019bf061 v5.17, and kmem_cache_cpu by the slabs
 * that objects known to be some, tasks and caches, lie in. All or nothing is added, as half of it
 * would call free objects allocated: nothing where free lists cannot be followed. Needs the
 * members of struct page. Fails on out-of-memory alone.
 */
struct err *probe_slabs(const struct sample *sample);

#endif
