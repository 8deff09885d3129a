/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layout of percpu_rw_semaphores with an rwsem inside, told by a writer that drains one. */
#include "kernel/locking/percpu_probe.h"

#include "kernel/locking/lock_witness.h"
#include "kernel/locking/sleeper.h"
#include "kernel/locking/stack_words.h"
#include "kernel/locking/wait_entry.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/task.h"
#include "kernel/types/probed.h"

#define STACK_WORDS 256 /* of the writer's stack that are looked at */

/* struct rcu_sync, what it begins with; 48 bytes since it lost its type and the state of its callback. */
static const unsigned rcu_sync_bytes[] = {64, 48};

/* What follows: read_count, rw_sem of five words, writer (52b94129f274 v4.11), readers_block. */
enum {
	READ_COUNT,
	RWSEM,
	OWNER_NEW = RWSEM + 1, /* 94a9717b3c40 v5.3 moved it to the front */
	OWNER_OLD = RWSEM + 4,
	WRITER = RWSEM + 5,
	BLOCK,
	WORDS
};

/* The writer has the rwsem, has shut readers out, and is who is to be woken. */
static bool is_drained_by(struct kernel *kernel, uint64_t at, uint64_t task)
{
	uint64_t words[WORDS];

	return err_ok(memory_read(kernel->memory, at, words, sizeof(words))) &&
	       words[WRITER] == task && (words[OWNER_OLD] == task || words[OWNER_NEW] == task) &&
	       (uint32_t)words[BLOCK] == 1 && words[READ_COUNT] && words[READ_COUNT] % 4 == 0;
}

/* Where in the lock that this writer waits for the words begin; 0 when no lock is found. */
static unsigned find(struct kernel *kernel, const struct sleeper *sleeper)
{
	_stack_words_ struct stack_words words;

	stack_words_init(&words, kernel, sleeper, STACK_WORDS);
	while (stack_words_next(&words)) {
		if (words.word % 8 || !memory_is_kernel(kernel->memory, words.word))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(rcu_sync_bytes); i++)
			if (is_drained_by(kernel, words.word + rcu_sync_bytes[i],
					  sleeper->task->address))
				return rcu_sync_bytes[i];
	}
	return 0;
}

static struct err *add(struct type_provider *types, unsigned at)
{
	TRY(probed_witness(types, "rcuwait", "task", 0, PROBED_POINTER));
	TRY(probed_witness(types, "percpu_rw_semaphore", "read_count", at, PROBED_POINTER));
	TRY(probed_witness(types, "percpu_rw_semaphore", "rw_sem", at + 8 * RWSEM,
			   PROBED_STRUCT("rw_semaphore")));
	TRY(probed_witness(types, "percpu_rw_semaphore", "writer", at + 8 * WRITER,
			   PROBED_STRUCT("rcuwait")));
	return probed_witness(types, "percpu_rw_semaphore", "readers_block", at + 8 * BLOCK,
			      PROBED_NUMBER(4));
}

/* --- until v4.10: the writer waits in a queue of its own ---------------------------------------- */

#define READERS_MAX (1u << 20)
#define WRITERS_MAX (1u << 15) /* PIDs */

/* Bytes from the lock's start; 0 where there is none, but for readers. */
struct queued {
	unsigned readers, writers, rwsem, rwsem_bytes, slow, list, block;
};

static const struct queued queued_forms[] = {
	{0, 8, 16, 32, 48, 64,
	 0}, /* v3.8, el7: rwsem of count, lock, list, or count, list, owner */
	{0, 8, 16, 40, 56, 72, 0},    /* v4.0 */
	{64, 0, 72, 40, 112, 128, 0}, /* 001dac627ff3 v4.4: rcu_sync in front */
	{64, 0, 72, 40, 0, 120, 136}, /* 80127a39681b v4.8 */
};

static bool is_count(struct kernel *kernel, uint64_t address, uint32_t most)
{
	uint32_t count;

	return err_ok(memory_read_u32(kernel->memory, address, &count)) && count && count <= most;
}

/* The writer has the rwsem, whose count of biases says so; readers are inside. */
static bool fits_queued(struct kernel *kernel, const struct queued *form, uint64_t lock)
{
	uint64_t readers, count;

	return err_ok(memory_read_u64(kernel->memory, lock + form->readers, &readers)) && readers &&
	       readers % 4 == 0 &&
	       err_ok(memory_read_u64(kernel->memory, lock + form->rwsem, &count)) &&
	       (int64_t)count < 0 && (uint32_t)count == 1 &&
	       (!form->writers || is_count(kernel, lock + form->writers, WRITERS_MAX)) &&
	       (!form->slow || is_count(kernel, lock + form->slow, READERS_MAX)) &&
	       (!form->block || is_count(kernel, lock + form->block, 1));
}

static bool fits_all(const struct queued *form, const struct witnesses *witnesses)
{
	for (size_t i = 0; i < witnesses->count; i++)
		if (!witnesses->list[i].writer ||
		    !fits_queued(witnesses->kernel, form, witnesses->list[i].head - form->list))
			return false;
	return witnesses->count;
}

static struct err *add_queued(struct type_provider *types, const struct queued *form)
{
	TRY(wait_entry_add(types));
	TRY(probed_set_size(types, TYPE_STRUCT, "rw_semaphore", form->rwsem_bytes));
	TRY(probed_witness(types, "percpu_rw_semaphore", "rw_sem", form->rwsem,
			   PROBED_STRUCT("rw_semaphore")));
	if (!form->slow) {
		TRY(probed_witness(types, "percpu_rw_semaphore", "read_count", form->readers,
				   PROBED_POINTER));
		TRY(probed_witness(types, "percpu_rw_semaphore", "readers_block", form->block,
				   PROBED_NUMBER(4)));
		return probed_witness(types, "percpu_rw_semaphore", "writer.task_list", form->list,
				      PROBED_STRUCT("list_head"));
	}
	TRY(probed_witness(types, "percpu_rw_semaphore", "fast_read_ctr", form->readers,
			   PROBED_POINTER));
	TRY(probed_witness(types, "percpu_rw_semaphore", "slow_read_ctr.counter", form->slow,
			   PROBED_NUMBER(4)));
	return probed_witness(types, "percpu_rw_semaphore", "write_waitq.task_list", form->list,
			      PROBED_STRUCT("list_head"));
}

/* The only form that all who drain one fit. */
static struct err *probe_queued(struct kernel *kernel, struct type_provider *types)
{
	const struct queued *found = NULL;
	struct witnesses witnesses;

	TRY(lock_witnesses_find(kernel, 1u << WAIT_PERCPU_RWSEM, &wait_entry, &witnesses));
	for (size_t i = 0; i < ARRAY_SIZE(queued_forms); i++) {
		if (!fits_all(&queued_forms[i], &witnesses))
			continue;
		if (found)
			return NULL;
		found = &queued_forms[i];
	}
	return found ? add_queued(types, found) : NULL;
}

struct err *percpu_probe(struct kernel *kernel, struct type_provider *types)
{
	struct sleepers *sleepers;
	unsigned found = 0;

	TRY(sleepers_of(kernel, &sleepers));
	for (size_t i = 0; i < sleepers->count; i++) {
		const struct sleeper *sleeper = &sleepers->list[i];
		unsigned at = 0;

		if (sleeper->kind == WAIT_PERCPU_RWSEM && sleeper->mode == MODE_WRITE)
			at = find(kernel, sleeper);
		if (at && found && at != found)
			return NULL;
		found = at ? at : found;
	}
	return found ? add(types, found) : probe_queued(kernel, types);
}
