/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where super blocks are listed, and the locks their writers take. */
#include "kernel/probe/probe_supers.h"

#include <string.h>

#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/probe/probe_find.h"
#include "kernel/types/probed.h"

#define SUPERS_MAX 64u /* enough witnesses */
#define SUPERS_MIN 3u
#define LIST_AT_MAX 128u
#define SUPER_BYTES 2048u
#define LEVELS 3u /* SB_FREEZE_LEVELS, include/linux/fs.h */

struct supers {
	struct kernel *kernel;
	uint64_t nodes[SUPERS_MAX];
	size_t count;
	uint64_t type, id, name; /* of super_block; of file_system_type */
};

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

static bool find_list(const struct supers *supers, uint64_t *ret)
{
	unsigned found = 0;

	for (uint64_t offset = 0; offset < LIST_AT_MAX; offset += 8)
		if (fits(supers, offset)) {
			*ret = offset;
			found++;
		}
	return found == 1;
}

/* --- the locks that writers take ---------------------------------------------------------------- */

/* percpu_rw_semaphore since 7f26482a872c v5.7: its rcu_sync, read_count, writer, waiters, block. */
#define SEMAPHORE_BYTES 96u
#define READERS_WORD 6u
#define WAITERS_WORD 9u
#define BLOCK_WORD 11u

static bool is_semaphore(const struct supers *supers, uint64_t address)
{
	struct kernel *kernel = supers->kernel;
	uint64_t words[SEMAPHORE_BYTES / 8], list = address + 8 * WAITERS_WORD, area, back;

	return err_ok(memory_read(kernel->memory, address, words, sizeof(words))) &&
	       words[READERS_WORD] % 4 == 0 && words[READERS_WORD] &&
	       err_ok(percpu_address(kernel->percpu, words[READERS_WORD], 0, &area)) &&
	       memory_is_kernel(kernel->memory, area) && (uint32_t)words[BLOCK_WORD] <= 1 &&
	       memory_is_kernel(kernel->memory, words[WAITERS_WORD]) &&
	       err_ok(memory_read_u64(kernel->memory, words[WAITERS_WORD] + 8, &back)) &&
	       back == list;
}

/* s_writers.rw_sem[]: one for writers, for page faults, for what the file system does inside. */
static bool has_semaphores(const struct supers *supers, uint64_t super)
{
	for (unsigned i = 0; i < LEVELS; i++)
		if (!is_semaphore(supers, super + i * SEMAPHORE_BYTES))
			return false;
	return true;
}

static struct err *add_semaphores(const struct supers *supers, uint64_t list,
				  struct type_provider *types)
{
	uint64_t at = 0;
	unsigned found = 0;

	for (uint64_t offset = list; supers->kernel->percpu && offset < SUPER_BYTES; offset += 8) {
		size_t i = 0;

		while (i < supers->count &&
		       has_semaphores(supers, supers->nodes[i] - list + offset))
			i++;
		if (i < supers->count)
			continue;
		at = offset;
		found++;
	}
	if (found != 1)
		return NULL;
	TRY(probed_set_size(types, TYPE_STRUCT, "percpu_rw_semaphore", SEMAPHORE_BYTES));
	return probed_add(types, "super_block", "s_writers.rw_sem", at,
			  PROBED_ARRAY("percpu_rw_semaphore", LEVELS * SEMAPHORE_BYTES));
}

struct err *probe_supers(struct kernel *kernel, struct type_provider *types)
{
	struct supers supers = {.kernel = kernel};
	uint64_t head, list;

	if (!symbols_find(kernel->symbols, "super_blocks", &head) ||
	    !probe_find(types, "super_block", "s_type", &supers.type) ||
	    !probe_find(types, "super_block", "s_id", &supers.id) ||
	    !probe_find(types, "file_system_type", "name", &supers.name))
		return NULL;
	read_nodes(&supers, head);
	if (!find_list(&supers, &list))
		return NULL;
	TRY(probed_witness(types, "super_block", "s_list", list, PROBED_STRUCT("list_head")));
	return add_semaphores(&supers, list, types);
}
