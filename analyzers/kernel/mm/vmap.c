/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Areas of the vmalloc region. */
#include "kernel/mm/vmap.h"

#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define DEPTH_MAX 128	   /* a red-black tree of 2^64 nodes is no deeper */
#define VMAP_NODES_MAX 128 /* as vmap_init_nodes() has it */

static void read_caller(struct kernel *kernel, uint64_t area, struct vmap_area *ret)
{
	uint64_t vm;

	ret->caller = 0;
	if (members_has(kernel->members, MEMBER_VMAP_VM) &&
	    err_ok(member_read(kernel, area, MEMBER_VMAP_VM, &vm)) && vm &&
	    !err_ok(member_read(kernel, vm, MEMBER_VM_CALLER, &ret->caller)))
		ret->caller = 0;
}

static bool in_tree(struct kernel *kernel, uint64_t node, uint64_t address, struct vmap_area *ret)
{
	const struct member *rb = members_get(kernel->members, MEMBER_VMAP_RB);

	for (unsigned depth = 0; node && rb && depth < DEPTH_MAX; depth++) {
		uint64_t area = node - member_offset(rb);

		if (!err_ok(member_read(kernel, area, MEMBER_VMAP_START, &ret->start)) ||
		    !err_ok(member_read(kernel, area, MEMBER_VMAP_END, &ret->end)))
			return false;
		if (address >= ret->start && address < ret->end) {
			read_caller(kernel, area, ret);
			return true;
		}
		if (!err_ok(member_read(kernel, node,
					address < ret->start ? MEMBER_RB_LEFT : MEMBER_RB_RIGHT,
					&node)))
			return false;
	}
	return false;
}

/*
 * Since d093602919ad (v6.9) areas are spread over nodes by the zone their start lies in: the one
 * of the address itself is tried first, then those before it.
 */
static bool in_nodes(struct kernel *kernel, uint64_t address, struct vmap_area *ret)
{
	const struct member *busy = members_get(kernel->members, MEMBER_VMAP_NODE_BUSY);
	uint64_t stride = type_size(types_find_struct(kernel->types, "vmap_node"));
	uint64_t nodes, count, zone, root;

	if (!busy || !err_ok(variable_read(kernel, "vmap_nodes", 8, &nodes)) ||
	    !err_ok(variable_read(kernel, "nr_vmap_nodes", 4, &count)))
		return false;
	count = MIN(count, VMAP_NODES_MAX);
	if (!err_ok(variable_read(kernel, "vmap_zone_size", 4, &zone)) || !zone)
		zone = PAGE_SIZE;
	for (uint64_t i = 0; i < count; i++) {
		uint64_t node = (address / zone % count + count - i) % count;

		if (err_ok(memory_read_u64(kernel->memory,
					   nodes + node * stride + member_offset(busy), &root)) &&
		    in_tree(kernel, root, address, ret))
			return true;
	}
	return false;
}

bool vmap_find(struct kernel *kernel, uint64_t address, struct vmap_area *ret)
{
	uint64_t root;

	/* One tree for all until v6.9. */
	return (err_ok(variable_read(kernel, "vmap_area_root", 8, &root)) &&
		in_tree(kernel, root, address, ret)) ||
	       in_nodes(kernel, address, ret);
}
