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

#define NAMES_MIN 3u /* as many zones, named in this order, are no chance */

/* Which of the names a zone has, SIZE_MAX for none. */
static size_t name_of(struct kernel *kernel, uint64_t zone, uint64_t name_at)
{
	uint64_t address;
	char name[16];

	if (!err_ok(memory_read_u64(kernel->memory, zone + name_at, &address)) ||
	    !memory_is_kernel(kernel->memory, address) ||
	    !err_ok(memory_read_string(kernel->memory, address, name, sizeof(name))))
		return SIZE_MAX;
	for (size_t i = 0; i < ARRAY_SIZE(zone_names); i++)
		if (!strcmp(name, zone_names[i]))
			return i;
	return SIZE_MAX;
}

/* A node's zones as VMCOREINFO tells them. */
struct zones {
	struct kernel *kernel;
	uint64_t first, at, size;
};

/* How many have names there, each one that comes after the last one's. */
static uint64_t count_names(const struct zones *zones, uint64_t name_at)
{
	size_t next = 0, name;
	uint64_t count = 0;

	while (count < ARRAY_SIZE(zone_names)) {
		name = name_of(zones->kernel, zones->first + count * zones->size, name_at);
		if (name == SIZE_MAX || name < next)
			break;
		next = name + 1;
		count++;
	}
	return count;
}

static bool find_zones(struct kernel *kernel, struct zones *ret)
{
	uint64_t table, node;

	*ret = (struct zones){.kernel = kernel};
	if ((!symbols_find(kernel->symbols, "contig_page_data", &node) &&
	     (!symbols_find(kernel->symbols, "node_data", &table) ||
	      !err_ok(memory_read_u64(kernel->memory, table, &node)))) ||
	    !vmcoreinfo_offset(kernel->vmcoreinfo, "pglist_data.node_zones", &ret->at) ||
	    !vmcoreinfo_size(kernel->vmcoreinfo, "zone", &ret->size))
		return false;
	ret->first = node + ret->at;
	return ret->size && ret->size <= ZONE_BYTES_MAX && ret->at <= ZONE_BYTES_MAX;
}

/* The only place in a zone where they have their names. */
static bool find_name(const struct zones *zones, uint64_t *ret)
{
	unsigned found = 0;

	for (uint64_t at = 0; at + 8 <= zones->size; at += 8)
		if (count_names(zones, at) >= NAMES_MIN) {
			*ret = at;
			found++;
		}
	return found == 1;
}

struct err *probe_zones(struct kernel *kernel, struct type_provider *types)
{
	struct zones zones;
	uint64_t at, count;

	if (!find_zones(kernel, &zones))
		return NULL;
	if (find_name(&zones, &at))
		TRY(probed_witness(types, "zone", "name", at, PROBED_POINTER));
	struct type zone = types->ops->find(types, TYPE_STRUCT, "zone");
	struct member name;
	if (zone.kind == TYPE_NONE || !type_find_member(zone, "name", &name))
		return NULL;
	count = count_names(&zones, member_offset(&name));
	return count ? probed_add(types, "pglist_data", "node_zones", zones.at,
				  PROBED_ARRAY("zone", count * zones.size))
		     : NULL;
}
