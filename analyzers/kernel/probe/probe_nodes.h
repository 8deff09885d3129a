/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_NODES
#define TRIAGE_KERNEL_PROBE_PROBE_NODES

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * Add kmem_cache.inuse, kmem_cache.node and what a node counts (mm/slab.h: struct kmem_cache_node of SLUB): a list and, in
 * front of it, its length; behind it slabs and objects. Fails on out-of-memory alone.
 */
struct err *probe_nodes(struct kernel *kernel, struct type_provider *types);

#endif
