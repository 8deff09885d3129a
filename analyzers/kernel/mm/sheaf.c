/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Free objects in the sheaves of CPUs and nodes. */
#include "kernel/mm/sheaf.h"

#include "kernel/memory/memory.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/types/walk.h"

#define SHEAF_MAX 4096	  /* objects in a sheaf */
#define BARN_MAX 1024	  /* sheaves in a barn */
#define SHEAVES_MAX 65536 /* of a cache: more than three for each CPU there can be */

struct sheaves {
	struct free_walk *walk;
	unsigned left; /* sheaves that may still be read */
};

static struct err *read_sheaf(struct sheaves *sheaves, uint64_t sheaf, struct free_place place)
{
	struct kernel *kernel = sheaves->walk->kernel;
	const struct member *objects = members_get(kernel->members, MEMBER_SHEAF_OBJECTS);
	uint64_t size;

	if (!sheaf)
		return NULL;
	if (!objects || !sheaves->left ||
	    !TRY_OK(member_read(kernel, sheaf, MEMBER_SHEAF_SIZE, &size)) ||
	    (uint32_t)size > SHEAF_MAX) {
		sheaves->walk->complete = false;
		return NULL;
	}
	sheaves->left--;
	return free_walk_array(sheaves->walk, sheaf + member_offset(objects), (uint32_t)size,
			       place);
}

static struct err *read_cpu(struct sheaves *sheaves, unsigned cpu)
{
	static const enum member_id members[] = {MEMBER_SHEAVES_MAIN, MEMBER_SHEAVES_SPARE,
						 MEMBER_SHEAVES_RCU_FREE};
	struct free_walk *walk = sheaves->walk;
	uint64_t area, sheaf;

	if (!TRY_OK(percpu_address(walk->kernel->percpu, walk->cache->cpu_sheaves, cpu, &area)))
		return NULL; /* no such CPU */
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		if (!members_has(walk->kernel->members, members[i]))
			continue;
		if (!TRY_OK(member_read(walk->kernel, area, members[i], &sheaf)))
			walk->complete = false;
		else
			TRY(read_sheaf(sheaves, sheaf, (struct free_place){FREE_CPU_SHEAF, cpu}));
	}
	return NULL;
}

static struct err *read_barn(struct sheaves *sheaves, uint64_t barn, unsigned node)
{
	struct kernel *kernel = sheaves->walk->kernel;
	const struct member *full = members_get(kernel->members, MEMBER_BARN_FULL);
	const struct member *in_list = members_get(kernel->members, MEMBER_SHEAF_LIST);
	_list_walk_ struct list_walk list = {0};

	if (!barn)
		return NULL;
	if (!full || !in_list) {
		sheaves->walk->complete = false;
		return NULL;
	}
	list_walk_init(&list, kernel, barn + member_offset(full), BARN_MAX);
	while (sheaves->left && list_walk_next(&list))
		TRY(read_sheaf(sheaves, list.node - member_offset(in_list),
			       (struct free_place){FREE_FULL_SHEAF, node}));
	if (list.err || !sheaves->left)
		sheaves->walk->complete = false;
	return NULL;
}

/* The barn of a node, by its entry in the cache: 0 when there is no such node. */
static struct err *barn_at(struct kernel *kernel, struct type entry, uint64_t at, uint64_t *ret)
{
	const struct member *barn = members_get(kernel->members, MEMBER_CACHE_NODE_BARN);

	*ret = 0;
	if (entry.kind == TYPE_POINTER)
		TRY(memory_read_u64(kernel->memory, at, &at));
	return at ? memory_read_u64(kernel->memory, at + member_offset(barn), ret) : NULL;
}

/* kmem_cache.node[] of pointers or, since 7.x, per_node[].{node,barn}: one entry a NUMA node. */
static struct err *read_barns(struct sheaves *sheaves)
{
	struct kernel *kernel = sheaves->walk->kernel;
	const struct member *nodes = members_get(kernel->members, MEMBER_CACHE_NODE);
	unsigned count = slab_nodes(kernel);

	if (!nodes || !members_has(kernel->members, MEMBER_CACHE_NODE_BARN) ||
	    nodes->type.kind != TYPE_ARRAY)
		return NULL;
	struct type entry = type_target(nodes->type);
	uint64_t first = sheaves->walk->cache->address + member_offset(nodes);
	uint64_t stride = type_size(entry), barn;
	for (unsigned i = 0; i < count && stride && sheaves->left; i++) {
		if (!TRY_OK(barn_at(kernel, entry, first + i * stride, &barn)))
			sheaves->walk->complete = false;
		else
			TRY(read_barn(sheaves, barn, i));
	}
	return NULL;
}

struct err *sheaf_walk(struct free_walk *walk)
{
	struct sheaves sheaves = {.walk = walk, .left = SHEAVES_MAX};
	const struct percpu *percpu = walk->kernel->percpu;

	if (!walk->cache->cpu_sheaves)
		return NULL;
	if (!percpu)
		walk->complete = false;
	for (unsigned cpu = 0; percpu && cpu < percpu_cpus(percpu); cpu++)
		TRY(read_cpu(&sheaves, cpu));
	return read_barns(&sheaves);
}
