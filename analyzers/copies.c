/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where else a bad value stands, near by: on the stack of the task that met it and in the slab it
 * was read from. Copies on the stack are the crash's own; one in an object is where it came from.
 */
#include "copies.h"

#include <string.h>

#include "base/parse.h"
#include "describe.h"
#include "kernel/owner.h"

#define HITS_SHOWN 64
#define BYTES_MAX (1u << 20) /* of one region */

struct search {
	struct kernel *kernel;
	uint64_t value;
	json_t *hits;
	size_t total;
};

static void hit(struct search *search, uint64_t address)
{
	struct owner owner;

	if (++search->total > HITS_SHOWN)
		return;
	owner_find(search->kernel, address, &owner);
	json_array_append_new(search->hits,
			      json_pack("{s:o, s:o}", "address", json_address(address), "owner",
					describe_owner(&owner)));
}

/* Aligned words of [start, start + size); pages that cannot be read are passed over. */
static void search_region(struct search *search, uint64_t start, uint64_t size)
{
	uint8_t page[PAGE_SIZE];

	size = MIN(size, BYTES_MAX);
	for (uint64_t at = start & ~7ull; at < start + size;) {
		size_t length = (size_t)MIN(PAGE_SIZE - (at & (PAGE_SIZE - 1)), start + size - at);

		if (err_ok(memory_read(search->kernel->memory, at, page, length)))
			for (size_t i = 0; i + 8 <= length; i += 8)
				if (load_u64(page + i) == search->value)
					hit(search, at + i);
		at += length;
	}
}

void copies_show(struct kernel *kernel, struct findings *findings, const struct task *task,
		 uint64_t holder, uint64_t value)
{
	struct search search = {.kernel = kernel, .value = value, .hits = json_array()};
	struct slab_object object;

	if (task && task->stack)
		search_region(&search, task->stack, task->stack_size);
	if (err_ok(slab_find(kernel, holder, &object)))
		search_region(&search, object.slab.base,
			      object.slab.objects * object.slab.cache->size);
	finding_add(findings, FINDING_COPIES, SEVERITY_INFO, 1.0,
		    json_pack("{s:o, s:I, s:o, s:s}", "value", json_address(value), "total",
			      (json_int_t)search.total, "hits", search.hits, "searched",
			      "the panic task's stack and the slab the value was read from"),
		    NULL);
}
