/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Free memory by node and zone (include/linux/mmzone.h). */
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/slab.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/object.h"
#include "memory/usage_read.h"

/* The name is a pointer; a zone without pages is none. */
static void read_zone(struct kernel *kernel, uint64_t zone, int node, struct usage *usage)
{
	const struct member *stat = members_get(kernel->members, MEMBER_ZONE_STAT);
	const struct member *mark = members_get(kernel->members, MEMBER_ZONE_WATERMARK);
	struct usage_zone found = {.node = node};
	uint64_t name, item;

	if (usage->zone_count == ARRAY_SIZE(usage->zones) || !stat || !mark ||
	    !err_ok(member_read(kernel, zone, MEMBER_ZONE_MANAGED, &found.managed)) ||
	    !found.managed || !err_ok(member_read(kernel, zone, MEMBER_ZONE_NAME, &name)) ||
	    !err_ok(memory_read_string(kernel->memory, name, found.name, sizeof(found.name))) ||
	    !types_enumerator(kernel->types, "zone_stat_item", "NR_FREE_PAGES", &item) ||
	    item >= type_count(stat->type) ||
	    !err_ok(memory_read_u64(kernel->memory, zone + member_offset(stat) + 8 * item,
				    &found.free)) ||
	    !err_ok(memory_read_u64(kernel->memory, zone + member_offset(mark), &found.min)))
		return;
	usage->zones[usage->zone_count++] = found;
}

static void read_node(struct kernel *kernel, uint64_t data, int node, struct usage *usage)
{
	const struct member *zones = members_get(kernel->members, MEMBER_NODE_ZONES);
	uint64_t size = zones ? type_size(type_target(zones->type)) : 0;

	for (size_t i = 0; size && i < type_count(zones->type); i++)
		read_zone(kernel, data + member_offset(zones) + i * size, node, usage);
}

void usage_read_zones(struct kernel *kernel, struct usage *usage)
{
	uint64_t table, data;

	if (symbols_find(kernel->symbols, "contig_page_data", &data)) {
		read_node(kernel, data, 0, usage);
		return;
	}
	if (!symbols_find(kernel->symbols, "node_data", &table))
		return;
	for (unsigned node = 0; node < slab_nodes(kernel); node++)
		if (err_ok(memory_read_u64(kernel->memory, table + 8 * node, &data)) && data)
			read_node(kernel, data, (int)node, usage);
}
