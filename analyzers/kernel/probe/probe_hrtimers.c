/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clocks of the CPUs' timers. */
#include "kernel/probe/probe_hrtimers.h"

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/probed.h"

#define CPUS_MAX 64u
#define CLOCK_BYTES 64u /* hrtimer_clock_base, aligned to a cache line */
#define CLOCKS_MAX 8u	/* HRTIMER_MAX_CLOCK_BASES; four until v4.16 */
#define CLOCKS_MIN 4u
#define BASE_BYTES 1024u

/* cpu_base, index. */
static unsigned clocks_at(const uint8_t *bytes, size_t at, uint64_t base)
{
	unsigned count = 0;

	while (count < CLOCKS_MAX && at + 16 <= BASE_BYTES && load_u64(bytes + at) == base &&
	       load_u32(bytes + at + 8) == count) {
		count++;
		at += CLOCK_BYTES;
	}
	return count;
}

/* Where a base has its clocks, and how many; false where that is not one place. */
static bool find_clocks(struct kernel *kernel, uint64_t base, size_t *at, unsigned *count)
{
	uint8_t bytes[BASE_BYTES];
	unsigned found = 0;

	if (!err_ok(memory_read(kernel->memory, base, bytes, sizeof(bytes))))
		return false;
	for (size_t i = 0; i + 16 <= BASE_BYTES; i += 8) {
		unsigned clocks = clocks_at(bytes, i, base);

		if (clocks < CLOCKS_MIN)
			continue;
		*at = i;
		*count = clocks;
		found++;
	}
	return found == 1;
}

struct err *probe_hrtimers(struct kernel *kernel, struct type_provider *types)
{
	unsigned cpus = MIN(percpu_cpus(kernel->percpu), CPUS_MAX), count = 0, clocks = 0;
	size_t at = 0, place = 0;
	uint64_t base;

	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		if (!percpu_online(kernel->percpu, cpu))
			continue;
		if (!err_ok(percpu_symbol(kernel, "hrtimer_bases", cpu, &base)) ||
		    !find_clocks(kernel, base, &place, &count) ||
		    (clocks && (place != at || count != clocks)))
			return NULL;
		at = place;
		clocks = count;
	}
	if (!clocks)
		return NULL;
	TRY(probed_add(types, "hrtimer_clock_base", "cpu_base", 0, PROBED_POINTER));
	TRY(probed_set_size(types, TYPE_STRUCT, "hrtimer_clock_base", CLOCK_BYTES));
	return probed_add(types, "hrtimer_cpu_base", "clock_base", at,
			  PROBED_ARRAY("hrtimer_clock_base", clocks * CLOCK_BYTES));
}
