/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all caches of a kernel have in common. */
#include "kernel/mm/slab.h"

#include "kernel/memory/memory.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define NODES_MAX 1024

unsigned slab_nodes(struct kernel *kernel)
{
	const struct member *nodes = members_get(kernel->members, MEMBER_CACHE_NODE);
	uint64_t ids;

	if (!nodes || nodes->type.kind != TYPE_ARRAY)
		return 0;
	/* Where MAX_NUMNODES is 1, nr_node_ids is no variable. */
	if (!err_ok(variable_read(kernel, "nr_node_ids", 4, &ids)))
		ids = 1;
	return (unsigned)MIN(MIN(ids, type_count(nodes->type)), NODES_MAX);
}

/* node[] of pointers or, since 7.x, per_node[] of a struct with one among others. */
bool slab_node(struct kernel *kernel, const struct slab_cache *cache, unsigned index, uint64_t *ret)
{
	const struct member *nodes = members_get(kernel->members, MEMBER_CACHE_NODE);
	const struct member *node = members_get(kernel->members, MEMBER_CACHE_NODE_NODE);
	uint64_t at;

	if (index >= slab_nodes(kernel))
		return false;
	at = cache->address + member_offset(nodes) + index * type_size(type_target(nodes->type));
	if (node && type_target(nodes->type).kind == TYPE_STRUCT)
		at += member_offset(node);
	return err_ok(memory_read_u64(kernel->memory, at, ret)) && *ret;
}
