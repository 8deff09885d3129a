/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_POOLS
#define TRIAGE_KERNEL_PROBE_PROBE_POOLS

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * Add worker_pool.watchdog_ts (82607adcf9cd v4.5): the only time in jiffies near the start of each CPU's pools.
 * Fails on out-of-memory alone.
 */
struct err *probe_pools(struct kernel *kernel, struct type_provider *types);

#endif
