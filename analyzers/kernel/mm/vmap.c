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

#define AREAS_MAX (1u << 20)
#define VM_ALLOC 2 /* include/linux/vmalloc.h: vmalloc() took its pages */

/* What the area's struct vm_struct says, if it has one. */
static void read_vm(struct kernel *kernel, uint64_t area, struct vmap_area *ret)
{
	uint64_t vm, flags;

	ret->caller = ret->pages = ret->page_list = 0;
	if (!members_has(kernel->members, MEMBER_VMAP_VM) ||
	    !err_ok(member_read(kernel, area, MEMBER_VMAP_VM, &vm)) || !vm)
		return;
	if (!err_ok(member_read(kernel, vm, MEMBER_VM_CALLER, &ret->caller)))
		ret->caller = 0;
	if (!err_ok(member_read(kernel, vm, MEMBER_VM_FLAGS, &flags)) || !(flags & VM_ALLOC) ||
	    !err_ok(member_read(kernel, vm, MEMBER_VM_PAGES, &ret->pages)))
		ret->pages = 0;
	if (!ret->pages || !err_ok(member_read(kernel, vm, MEMBER_VM_PAGE_LIST, &ret->page_list)))
		ret->page_list = 0;
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
			read_vm(kernel, area, ret);
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

/* --- all areas -------------------------------------------------------------------------------- */

struct tree_walk {
	struct kernel *kernel;
	struct err *(*each)(void *context, const struct vmap_area *area);
	void *context;
	size_t left;	       /* areas that may still be met: a broken tree may lead in circles */
	struct vmap_area area; /* at hand */
};

static struct err *tell_of(struct tree_walk *walk, uint64_t address)
{
	struct vmap_area *area = &walk->area;

	if (!TRY_OK(member_read(walk->kernel, address, MEMBER_VMAP_START, &area->start)) ||
	    !TRY_OK(member_read(walk->kernel, address, MEMBER_VMAP_END, &area->end)))
		return NULL;
	read_vm(walk->kernel, address, area);
	return walk->each(walk->context, area);
}

/* The left subtree, the node itself, then on to the right. */
static struct err *walk_tree(struct tree_walk *walk, uint64_t node, unsigned depth)
{
	const struct member *rb = members_get(walk->kernel->members, MEMBER_VMAP_RB);
	uint64_t child;

	for (; node && rb && depth < DEPTH_MAX && walk->left; depth++) {
		walk->left--;
		if (TRY_OK(member_read(walk->kernel, node, MEMBER_RB_LEFT, &child)))
			TRY(walk_tree(walk, child, depth + 1));
		TRY(tell_of(walk, node - member_offset(rb)));
		if (!TRY_OK(member_read(walk->kernel, node, MEMBER_RB_RIGHT, &node)))
			break;
	}
	return NULL;
}

struct err *vmap_each(struct kernel *kernel,
		      struct err *(*each)(void *context, const struct vmap_area *area),
		      void *context)
{
	const struct member *busy = members_get(kernel->members, MEMBER_VMAP_NODE_BUSY);
	uint64_t stride = type_size(types_find_struct(kernel->types, "vmap_node"));
	struct tree_walk walk = {kernel, each, context, AREAS_MAX, {0}};
	uint64_t root, nodes, count;

	if (TRY_OK(variable_read(kernel, "vmap_area_root", 8, &root)))
		return walk_tree(&walk, root, 0);
	if (!busy || !TRY_OK(variable_read(kernel, "vmap_nodes", 8, &nodes)) ||
	    !TRY_OK(variable_read(kernel, "nr_vmap_nodes", 4, &count)))
		return NULL;
	for (uint64_t i = 0; i < MIN(count, VMAP_NODES_MAX); i++)
		if (TRY_OK(memory_read_u64(kernel->memory, nodes + i * stride + member_offset(busy),
					   &root)))
			TRY(walk_tree(&walk, root, 0));
	return NULL;
}
