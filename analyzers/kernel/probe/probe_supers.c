/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where super blocks are listed. */
#include "kernel/probe/probe_supers.h"

#include <string.h>

#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define SUPERS_MAX 64u /* enough witnesses */
#define SUPERS_MIN 3u
#define LIST_AT_MAX 128u

struct supers {
	struct kernel *kernel;
	uint64_t nodes[SUPERS_MAX];
	size_t count;
	uint64_t type, id, name; /* of super_block; of file_system_type */
};

static bool find(struct type_provider *types, const char *type, const char *name, uint64_t *ret)
{
	struct member member;

	if (!type_find_member(types->ops->find(types, TYPE_STRUCT, type), name, &member))
		return false;
	*ret = member_offset(&member);
	return true;
}

static void read_nodes(struct supers *supers, uint64_t head)
{
	struct memory *memory = supers->kernel->memory;
	uint64_t node = head, before = head, back;

	while (supers->count < SUPERS_MAX && err_ok(memory_read_u64(memory, node, &node)) &&
	       node != head && memory_is_kernel(memory, node) &&
	       err_ok(memory_read_u64(memory, node + 8, &back)) && back == before) {
		supers->nodes[supers->count++] = node;
		before = node;
	}
}

static bool is_word(struct memory *memory, uint64_t address)
{
	char text[32];

	return memory_is_kernel(memory, address) &&
	       err_ok(memory_read_string(memory, address, text, sizeof(text))) &&
	       strlen(text) > 1 && is_printable(text, strlen(text));
}

static bool is_super(const struct supers *supers, uint64_t super)
{
	struct memory *memory = supers->kernel->memory;
	uint64_t type, name;

	return err_ok(memory_read_u64(memory, super + supers->type, &type)) && type % 8 == 0 &&
	       memory_is_kernel(memory, type) &&
	       err_ok(memory_read_u64(memory, type + supers->name, &name)) &&
	       is_word(memory, name) && is_word(memory, super + supers->id);
}

static bool fits(const struct supers *supers, uint64_t offset)
{
	for (size_t i = 0; i < supers->count; i++)
		if (!is_super(supers, supers->nodes[i] - offset))
			return false;
	return supers->count >= SUPERS_MIN;
}

struct err *probe_supers(struct kernel *kernel, struct type_provider *types)
{
	struct supers supers = {.kernel = kernel};
	uint64_t head, at = 0;
	unsigned found = 0;

	if (!symbols_find(kernel->symbols, "super_blocks", &head) ||
	    !find(types, "super_block", "s_type", &supers.type) ||
	    !find(types, "super_block", "s_id", &supers.id) ||
	    !find(types, "file_system_type", "name", &supers.name))
		return NULL;
	read_nodes(&supers, head);
	for (uint64_t offset = 0; offset < LIST_AT_MAX; offset += 8)
		if (fits(&supers, offset)) {
			at = offset;
			found++;
		}
	return found == 1 ? probed_witness(types, "super_block", "s_list", at,
					   PROBED_STRUCT("list_head"))
			  : NULL;
}
