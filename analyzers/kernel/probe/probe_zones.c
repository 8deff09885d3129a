/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many zones a node of memory has, by their names. */
#include "kernel/probe/probe_zones.h"

#include <string.h>

#include "kernel/dump/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define ZONE_BYTES_MAX 65536u

/* mm/page_alloc.c: zone_names */
static const char *const zone_names[] = {"DMA", "DMA32", "Normal", "HighMem", "Movable", "Device"};

static bool is_zone(struct kernel *kernel, uint64_t zone, uint64_t name_at)
{
	uint64_t address;
	char name[16];

	if (!err_ok(memory_read_u64(kernel->memory, zone + name_at, &address)) ||
	    !memory_is_kernel(kernel->memory, address) ||
	    !err_ok(memory_read_string(kernel->memory, address, name, sizeof(name))))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(zone_names); i++)
		if (!strcmp(name, zone_names[i]))
			return true;
	return false;
}

static bool find_node(struct kernel *kernel, uint64_t *ret)
{
	uint64_t table;

	return symbols_find(kernel->symbols, "contig_page_data", ret) ||
	       (symbols_find(kernel->symbols, "node_data", &table) &&
		err_ok(memory_read_u64(kernel->memory, table, ret)));
}

struct err *probe_zones(struct kernel *kernel, struct type_provider *types)
{
	struct type zone = types->ops->find(types, TYPE_STRUCT, "zone");
	uint64_t node, at, size, count = 0;
	struct member name;

	if (zone.kind == TYPE_NONE || !type_find_member(zone, "name", &name) ||
	    !find_node(kernel, &node) ||
	    !vmcoreinfo_offset(kernel->vmcoreinfo, "pglist_data.node_zones", &at) ||
	    !vmcoreinfo_size(kernel->vmcoreinfo, "zone", &size) || !size || size > ZONE_BYTES_MAX ||
	    at > ZONE_BYTES_MAX)
		return NULL;
	while (count < ARRAY_SIZE(zone_names) &&
	       is_zone(kernel, node + at + count * size, member_offset(&name)))
		count++;
	return count ? probed_add(types, "pglist_data", "node_zones", at,
				  PROBED_ARRAY("zone", count * size))
		     : NULL;
}
