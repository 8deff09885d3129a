/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/mm/sheaf.h"

#include "kernel/memory/memory.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define SHEAF_MAX 4096	  /* objects in a sheaf */
#define BARN_MAX 1024	  /* sheaves in a barn */
#define SHEAVES_MAX 65536 /* of a cache: more than three for each CPU there can be */

struct sheaf_walk {
	struct kernel *kernel;
	const struct slab_cache *cache;
	free_object_fn *each;
	void *context;
	unsigned left; /* sheaves that may still be read */
	bool complete;
};

static struct err *read_sheaf(struct sheaf_walk *walk, uint64_t sheaf, struct free_place place)
{
	const struct member *objects = members_get(walk->kernel->members, MEMBER_SHEAF_OBJECTS);
	uint64_t size, pointers[64];

	if (!sheaf)
		return NULL;
	if (!objects || !walk->left ||
	    !err_ok(member_read(walk->kernel, sheaf, MEMBER_SHEAF_SIZE, &size)) ||
	    (uint32_t)size > SHEAF_MAX) {
		walk->complete = false;
		return NULL;
	}
	walk->left--;
	size = (uint32_t)size;
	for (uint64_t done = 0; done < size;) {
		size_t count = MIN(ARRAY_SIZE(pointers), size - done);

		if (!err_ok(memory_read(walk->kernel->memory,
					sheaf + member_offset(objects) + done * 8, pointers,
					count * 8))) {
			walk->complete = false;
			return NULL;
		}
		for (size_t i = 0; i < count; i++)
			TRY(walk->each(walk->context, pointers[i], place));
		done += count;
	}
	return NULL;
}

static struct err *read_cpu(struct sheaf_walk *walk, unsigned cpu)
{
	static const enum member_id members[] = {MEMBER_SHEAVES_MAIN, MEMBER_SHEAVES_SPARE,
						 MEMBER_SHEAVES_RCU_FREE};
	uint64_t area, sheaf;

	if (!err_ok(percpu_address(walk->kernel->percpu, walk->cache->cpu_sheaves, cpu, &area)))
		return NULL; /* no such CPU */
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		if (!members_has(walk->kernel->members, members[i]))
			continue;
		if (!err_ok(member_read(walk->kernel, area, members[i], &sheaf)))
			walk->complete = false;
		else
			TRY(read_sheaf(walk, sheaf, (struct free_place){FREE_CPU_SHEAF, cpu}));
	}
	return NULL;
}

static struct err *read_barn(struct sheaf_walk *walk, uint64_t barn, unsigned node)
{
	const struct member *full = members_get(walk->kernel->members, MEMBER_BARN_FULL);
	const struct member *list = members_get(walk->kernel->members, MEMBER_SHEAF_LIST);
	_list_walk_ struct list_walk sheaves = {0};

	if (!barn)
		return NULL;
	if (!full || !list) {
		walk->complete = false;
		return NULL;
	}
	list_walk_init(&sheaves, walk->kernel, barn + member_offset(full), BARN_MAX);
	while (walk->left && list_walk_next(&sheaves))
		TRY(read_sheaf(walk, sheaves.node - member_offset(list),
			       (struct free_place){FREE_FULL_SHEAF, node}));
	if (sheaves.err || !walk->left)
		walk->complete = false;
	return NULL;
}

/* kmem_cache.node[] of pointers or, since 7.x, per_node[].{node,barn}: one entry a NUMA node. */
static struct err *read_barns(struct sheaf_walk *walk)
{
	const struct member *nodes = members_get(walk->kernel->members, MEMBER_CACHE_NODE);
	const struct member *barn = members_get(walk->kernel->members, MEMBER_CACHE_NODE_BARN);

	if (!nodes || !barn || nodes->type.kind != TYPE_ARRAY)
		return NULL;
	struct type entry = type_target(nodes->type);
	uint64_t stride = type_size(entry);
	for (unsigned i = 0; i < slab_nodes(walk->kernel) && stride && walk->left; i++) {
		uint64_t at = walk->cache->address + member_offset(nodes) + i * stride, address;
		bool readable = entry.kind != TYPE_POINTER ||
				err_ok(memory_read_u64(walk->kernel->memory, at, &at));

		if (readable && !at)
			continue; /* no such node */
		if (!readable || !err_ok(memory_read_u64(walk->kernel->memory,
							 at + member_offset(barn), &address)))
			walk->complete = false;
		else
			TRY(read_barn(walk, address, i));
	}
	return NULL;
}

struct err *sheaves_each(struct kernel *kernel, const struct slab_cache *cache,
			 free_object_fn *each, void *context, bool *complete)
{
	struct sheaf_walk walk = {.kernel = kernel,
				  .cache = cache,
				  .each = each,
				  .context = context,
				  .left = SHEAVES_MAX,
				  .complete = true};
	struct err *err = NULL;

	if (!cache->cpu_sheaves)
		return NULL;
	if (!kernel->percpu)
		walk.complete = false;
	for (unsigned cpu = 0; kernel->percpu && cpu < percpu_cpus(kernel->percpu) && !err; cpu++)
		err = read_cpu(&walk, cpu);
	if (!err)
		err = read_barns(&walk);
	*complete = *complete && walk.complete;
	return err;
}
