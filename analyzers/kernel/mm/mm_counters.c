/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the counters of memory. */
#include "kernel/mm/mm_counters.h"

#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/object.h"

#define ITEMS_MAX 512 /* no kernel has as many */

static bool read_item(struct kernel *kernel, const char *of, const char *array, const char *item,
		      uint64_t *ret)
{
	uint64_t number, address, value;

	if (!types_enumerator(kernel->types, of, item, &number) || number >= ITEMS_MAX ||
	    !symbols_find(kernel->symbols, array, &address) ||
	    !err_ok(memory_read_u64(kernel->memory, address + 8 * number, &value)))
		return false;
	*ret = (int64_t)value < 0 ? 0 : value;
	return true;
}

bool mm_counter(struct kernel *kernel, const char *item, uint64_t *ret)
{
	return read_item(kernel, "node_stat_item", "vm_node_stat", item, ret) ||
	       read_item(kernel, "zone_stat_item", "vm_zone_stat", item, ret) ||
	       read_item(kernel, "zone_stat_item", "vm_stat", item, ret);
}

/* An atomic since ca79b0c211af v5.0. */
bool mm_total(struct kernel *kernel, uint64_t *ret)
{
	return err_ok(variable_read(kernel, "_totalram_pages", 8, ret)) ||
	       err_ok(variable_read(kernel, "totalram_pages", 8, ret));
}

bool mm_percpu_counter(struct kernel *kernel, uint64_t counter, uint64_t *ret)
{
	uint64_t count, counters;
	int64_t sum;

	if (!err_ok(member_read(kernel, counter, MEMBER_PERCPU_COUNT, &count)))
		return false;
	sum = (int64_t)count;
	if (err_ok(member_read(kernel, counter, MEMBER_PERCPU_COUNTERS, &counters)) && counters)
		for (unsigned cpu = 0; kernel->percpu && cpu < percpu_cpus(kernel->percpu); cpu++) {
			uint64_t address;
			uint32_t part;

			if (err_ok(percpu_address(kernel->percpu, counters, cpu, &address)) &&
			    err_ok(memory_read_u32(kernel->memory, address, &part)))
				sum += (int32_t)part;
		}
	*ret = sum < 0 ? 0 : (uint64_t)sum;
	return true;
}
