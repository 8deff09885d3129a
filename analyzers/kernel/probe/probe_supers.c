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

/* --- names ------------------------------------------------------------------------------------- */

#define NAME_BYTES 32u
#define TYPE_AT_MAX 256u
#define NAMED_MIN 3u /* file systems without a device that are called as their type is */

/* The name of the type that a super block points to there; false where that is none. */
static bool read_type(const struct supers *supers, uint64_t super, uint64_t type_at, char *name)
{
	struct memory *memory = supers->kernel->memory;
	uint64_t type, text;

	return err_ok(memory_read_u64(memory, super + type_at, &type)) && type % 8 == 0 &&
	       memory_is_kernel(memory, type) && err_ok(memory_read_u64(memory, type, &text)) &&
	       is_word(memory, text) && err_ok(memory_read_string(memory, text, name, NAME_BYTES));
}

/* sget() calls a file system as its type is called, until a device gives it another name. */
static bool is_named(const struct supers *supers, uint64_t type_at, uint64_t id_at)
{
	char type[NAME_BYTES], id[NAME_BYTES];
	unsigned named = 0;

	for (size_t i = 0; i < supers->count; i++) {
		uint64_t super = supers->nodes[i];

		if (!is_word(supers->kernel->memory, super + id_at) ||
		    !read_type(supers, super, type_at, type) ||
		    !err_ok(memory_read_string(supers->kernel->memory, super + id_at, id,
					       sizeof(id))))
			return false;
		named += !strcmp(type, id);
	}
	return named >= NAMED_MIN;
}

/* Whether it is a type's place: by the first of all alone, the rest is is_named()'s. */
static bool may_be_type(const struct supers *supers, uint64_t at)
{
	char name[NAME_BYTES];

	for (size_t i = 0; i < supers->count && i < SUPERS_MIN; i++)
		if (!read_type(supers, supers->nodes[i], at, name))
			return false;
	return supers->count >= SUPERS_MIN;
}

/*
 * s_type and s_id by each other, where the code has not told them: s_list is what a super block begins with. The only
 * two places that fit.
 */
static bool find_names(struct supers *supers)
{
	unsigned found = 0;

	for (uint64_t type = 16; type < TYPE_AT_MAX; type += 8) {
		if (!may_be_type(supers, type))
			continue;
		for (uint64_t id = type + 8; id < SUPER_BYTES; id += 4) {
			if (!is_named(supers, type, id))
				continue;
			supers->type = type;
			supers->id = id;
			found++;
		}
	}
	return found == 1;
}

static struct err *add_names(struct supers *supers, struct type_provider *types)
{
	TRY(probed_witness(types, "super_block", "s_type", supers->type, PROBED_POINTER));
	return probed_witness(types, "super_block", "s_id", supers->id, PROBED_CHARS(NAME_BYTES));
}

/* --- the locks that writers take ---------------------------------------------------------------- */

/*
 * percpu_rw_semaphore, in words: its rcu_sync, read_count, then writer, waiters and block since 7f26482a872c
 * v5.7; before, an rwsem with the list of who waits, writer and readers_block.
 */
struct semaphore {
	unsigned words, readers, rwsem, waiters, block; /* rwsem 0: there is none inside */
};

static const struct semaphore semaphores[] = {
	{12, 6, 0, 9, 11},
	{16, 8, 9, 10, 15}, /* v4.11 to v5.1, el8: rcu_sync of 64 bytes; count, list, lock, owner */
};

#define WORDS_MAX 16u
#define RWSEM_BYTES 40u

static bool is_semaphore(const struct supers *supers, const struct semaphore *form,
			 uint64_t address)
{
	struct kernel *kernel = supers->kernel;
	uint64_t words[WORDS_MAX], list = address + 8 * form->waiters, area, back;

	return err_ok(memory_read(kernel->memory, address, words, 8 * form->words)) &&
	       words[form->readers] % 4 == 0 && words[form->readers] &&
	       err_ok(percpu_address(kernel->percpu, words[form->readers], 0, &area)) &&
	       memory_is_kernel(kernel->memory, area) && (uint32_t)words[form->block] <= 1 &&
	       memory_is_kernel(kernel->memory, words[form->waiters]) &&
	       err_ok(memory_read_u64(kernel->memory, words[form->waiters] + 8, &back)) &&
	       back == list;
}

/* s_writers.rw_sem[]: one for writers, for page faults, for what the file system does inside. */
static bool has_semaphores(const struct supers *supers, const struct semaphore *form,
			   uint64_t super)
{
	for (unsigned i = 0; i < LEVELS; i++)
		if (!is_semaphore(supers, form, super + 8ull * i * form->words))
			return false;
	return true;
}

/* The only place where all super blocks have them. */
static bool find_semaphores(const struct supers *supers, const struct semaphore *form,
			    uint64_t list, uint64_t *ret)
{
	unsigned found = 0;

	for (uint64_t offset = list; supers->kernel->percpu && offset < SUPER_BYTES; offset += 8) {
		size_t i = 0;

		while (i < supers->count &&
		       has_semaphores(supers, form, supers->nodes[i] - list + offset))
			i++;
		if (i < supers->count)
			continue;
		*ret = offset;
		found++;
	}
	return found == 1;
}

static struct err *add_semaphores(const struct supers *supers, uint64_t list,
				  struct type_provider *types)
{
	const struct semaphore *form = NULL;
	uint64_t at;

	for (size_t i = 0; !form && i < ARRAY_SIZE(semaphores); i++)
		if (find_semaphores(supers, &semaphores[i], list, &at))
			form = &semaphores[i];
	if (!form)
		return NULL;
	TRY(probed_set_size(types, TYPE_STRUCT, "percpu_rw_semaphore", 8ull * form->words));
	if (form->rwsem) {
		TRY(probed_set_size(types, TYPE_STRUCT, "rw_semaphore", RWSEM_BYTES));
		TRY(probed_add(types, "percpu_rw_semaphore", "rw_sem", 8ull * form->rwsem,
			       PROBED_STRUCT("rw_semaphore")));
	}
	return probed_add(types, "super_block", "s_writers.rw_sem", at,
			  PROBED_ARRAY("percpu_rw_semaphore", LEVELS * 8ull * form->words));
}

struct err *probe_supers(struct kernel *kernel, struct type_provider *types)
{
	struct supers supers = {.kernel = kernel};
	uint64_t head, list;

	if (!symbols_find(kernel->symbols, "super_blocks", &head))
		return NULL;
	read_nodes(&supers, head);
	if (!probe_find(types, "super_block", "s_type", &supers.type) ||
	    !probe_find(types, "super_block", "s_id", &supers.id)) {
		if (!find_names(&supers))
			return NULL;
		TRY(add_names(&supers, types));
	}
	/* The name is what a file_system_type begins with. */
	if (!probe_find(types, "file_system_type", "name", &supers.name))
		supers.name = 0;
	if (!find_list(&supers, &list))
		return NULL;
	TRY(probed_witness(types, "super_block", "s_list", list, PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "file_system_type", "name", supers.name, PROBED_POINTER));
	return add_semaphores(&supers, list, types);
}
