/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When pools of workers went on last, by the clock of ticks. */
#include "kernel/probe/probe_pools.h"

#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/probed.h"

#define POOL_BYTES 64u /* in front of the list of work and all after it */
#define CPUS_MAX 64u
#define TICKS_BEFORE 0xfff00000ull /* the clock starts five minutes before 2^32 */

static bool is_time(struct kernel *kernel, size_t offset, uint64_t now)
{
	unsigned cpus = MIN(percpu_cpus(kernel->percpu), CPUS_MAX), seen = 0;

	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		uint64_t pool, time;

		if (!percpu_online(kernel->percpu, cpu) ||
		    !err_ok(percpu_symbol(kernel, "cpu_worker_pools", cpu, &pool)))
			continue;
		if (!err_ok(memory_read_u64(kernel->memory, pool + offset, &time)) ||
		    time < TICKS_BEFORE || time > now)
			return false;
		seen++;
	}
	return seen;
}

struct err *probe_pools(struct kernel *kernel, struct type_provider *types)
{
	uint64_t variable, now, at = 0;
	unsigned found = 0;

	if (!symbols_find(kernel->symbols, "jiffies_64", &variable) ||
	    !err_ok(memory_read_u64(kernel->memory, variable, &now)) || now >> 40)
		return NULL;
	for (size_t offset = 8; offset < POOL_BYTES; offset += 8)
		if (is_time(kernel, offset, now)) {
			at = offset;
			found++;
		}
	return found == 1
		       ? probed_witness(types, "worker_pool", "watchdog_ts", at, PROBED_NUMBER(8))
		       : NULL;
}
