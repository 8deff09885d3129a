/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_SHEAVES
#define TRIAGE_KERNEL_PROBE_PROBE_SHEAVES

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * What CPUs keep of free objects since 2d517aa09bbc v6.18: slub_percpu_sheaves and slab_sheaf, by the
 * sheaves that name the cache whose CPU has them. Fails on out-of-memory alone.
 */
struct err *probe_sheaves(struct kernel *kernel, struct type_provider *types);

#endif
