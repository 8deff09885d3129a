/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layout of percpu_rw_semaphores with an rwsem inside, told by a writer that drains one. */
#include "kernel/locking/percpu_probe.h"

#include "kernel/locking/sleeper.h"
#include "kernel/locking/stack_words.h"
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
	return found ? add(types, found) : NULL;
}
