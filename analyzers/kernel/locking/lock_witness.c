/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From tasks that sleep to the locks that they sleep on, whatever those look like. */
#include "kernel/locking/lock_witness.h"

#include "base/hash.h"
#include "kernel/locking/sleeper.h"
#include "kernel/locking/stack_words.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/tasks.h"

#define WORDS_MAX 256u /* of a sleeper's stack, from its top */
#define RING_MAX 4096u

/* --- rings -------------------------------------------------------------------------------------- */

/* The node of who waits is on its own stack. A reader that is woken no longer names its task. */
static bool is_waiter(struct kernel *kernel, const struct waiting *waiting, uint64_t node)
{
	const struct task *owner = tasks_by_stack(kernel->tasks, node);
	uint64_t task;

	return owner && (!waiting->local ||
			 (err_ok(memory_read_u64(kernel->memory,
						 node - waiting->list + waiting->task, &task)) &&
			  task == owner->address));
}

/* What stands on the ring of a node beside who waits. */
struct ring {
	uint64_t head;	 /* the last of those that is no waiter's */
	unsigned others; /* how many */
	struct map waiters;
};

static void ring_deinit(struct ring *ring)
{
	map_deinit(&ring->waiters);
}
#define _ring_ _cleanup_(ring_deinit)

/* False where it does not close, or a node does not point back. */
static bool walk_ring(struct kernel *kernel, const struct waiting *waiting, uint64_t first,
		      struct ring *ring)
{
	uint64_t node = first, next, back;

	for (unsigned i = 0; i < RING_MAX; i++) {
		if (!err_ok(memory_read_u64(kernel->memory, node, &next)) || next % 8 ||
		    !memory_is_kernel(kernel->memory, next) ||
		    !err_ok(memory_read_u64(kernel->memory, next + 8, &back)) || back != node)
			return false;
		if (is_waiter(kernel, waiting, node)) {
			map_add(&ring->waiters, node, 0);
		} else {
			ring->head = node;
			ring->others++;
		}
		node = next;
		if (node == first)
			return true;
	}
	return false;
}

/* --- from a sleeper to where its lock keeps the list -------------------------------------------- */

/* The one node of the ring that is no waiter's. */
static bool find_head(struct kernel *kernel, const struct waiting *waiting, uint64_t first,
		      uint64_t *ret)
{
	_ring_ struct ring ring = {0};

	if (!walk_ring(kernel, waiting, first, &ring) || ring.others != 1)
		return false;
	*ret = ring.head;
	return true;
}

/* What points into a ring that is made of waiters alone. */
static bool find_pointer(struct kernel *kernel, const struct waiting *waiting,
			 const struct sleeper *sleeper, unsigned list, uint64_t first,
			 uint64_t *ret)
{
	_stack_words_ struct stack_words words;
	_ring_ struct ring ring = {0};
	uint64_t pointer;

	stack_words_init(&words, kernel, sleeper, WORDS_MAX);
	if (!walk_ring(kernel, waiting, first, &ring) || ring.others)
		return false;
	while (stack_words_next(&words)) {
		uint64_t place = words.word + list;

		if (words.word % 8 || !memory_is_kernel(kernel->memory, words.word) ||
		    is_waiter(kernel, waiting, place) ||
		    !err_ok(memory_read_u64(kernel->memory, place, &pointer)) ||
		    !map_get(&ring.waiters, pointer))
			continue;
		*ret = place;
		return true;
	}
	return false;
}

/* list: of a lock that only points to its waiters, -1 of one that is among them. */
static bool find_waiter(struct kernel *kernel, const struct waiting *waiting,
			const struct sleeper *sleeper, int list, struct witness *ret)
{
	_stack_words_ struct stack_words words;

	stack_words_init(&words, kernel, sleeper, WORDS_MAX);
	while (stack_words_next(&words)) {
		if (words.word != sleeper->task->address)
			continue;
		ret->waiter = words.at - waiting->task;
		uint64_t node = ret->waiter + waiting->list;
		if (list < 0 ? find_head(kernel, waiting, node, &ret->head)
			     : find_pointer(kernel, waiting, sleeper, (unsigned)list, node,
					    &ret->head))
			return true;
	}
	return false;
}

static struct err *find(struct kernel *kernel, unsigned kinds, const struct waiting *waiting,
			int list, struct witnesses *ret)
{
	struct sleepers *sleepers;

	*ret = (struct witnesses){.kernel = kernel};
	TRY(sleepers_of(kernel, &sleepers));
	for (size_t i = 0; i < sleepers->count && ret->count < WITNESSES_MAX; i++) {
		const struct sleeper *sleeper = &sleepers->list[i];
		struct witness *witness = &ret->list[ret->count];

		*witness = (struct witness){.writer = sleeper->mode == MODE_WRITE,
					    .reader = sleeper->mode == MODE_READ};
		ret->count += kinds & 1u << sleeper->kind &&
			      find_waiter(kernel, waiting, sleeper, list, witness);
	}
	return NULL;
}

struct err *lock_witnesses_find(struct kernel *kernel, unsigned kinds,
				const struct waiting *waiting, struct witnesses *ret)
{
	return find(kernel, kinds, waiting, -1, ret);
}

struct err *lock_witnesses_find_headless(struct kernel *kernel, unsigned kinds,
					 const struct waiting *waiting, unsigned list,
					 struct witnesses *ret)
{
	return find(kernel, kinds, waiting, (int)list, ret);
}
