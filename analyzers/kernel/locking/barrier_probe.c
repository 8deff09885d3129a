/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The barrier that who flushes a work item queues behind it, from the sleeper's stack to the worker. */
#include "kernel/locking/barrier_probe.h"

#include "kernel/locking/sleeper.h"
#include "kernel/locking/stack_words.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/probed.h"

#define STACK_WORDS 512u
#define RING_MAX 64u
/* struct work_struct: data, entry, func (include/linux/workqueue.h). */
#define WORK_ENTRY 8u
#define WORK_FUNC 24u
#define WORK_BYTES_MAX 128u
/* struct completion: done, and a queue of whichever kind: its lock, its list. */
#define COMPLETION_LIST 16u
#define WORKER_TASK_MAX 128u /* of struct worker, up to what it is to do */

struct barrier {
	struct kernel *kernel;
	const struct task *task; /* who waits */
	uint64_t address;	 /* on its stack */
	uint64_t done;		 /* offset of the completion */
	uint64_t scheduled;	 /* offset in struct worker */
};

static bool read_link(struct kernel *kernel, uint64_t node, uint64_t *next)
{
	uint64_t back;

	return node % 8 == 0 && memory_is_kernel(kernel->memory, node) &&
	       err_ok(memory_read_u64(kernel->memory, node, next)) && *next % 8 == 0 &&
	       memory_is_kernel(kernel->memory, *next) &&
	       err_ok(memory_read_u64(kernel->memory, *next + 8, &back)) && back == node;
}

/* Nobody but the task waits: the list's head and its node lead to each other, both on its stack. */
static bool is_completion(const struct barrier *barrier, uint64_t address)
{
	struct kernel *kernel = barrier->kernel;
	uint64_t head = address + COMPLETION_LIST, node, next, done;

	return err_ok(memory_read_uint(kernel->memory, address, 4, &done)) && !done &&
	       read_link(kernel, head, &node) && node != head && read_link(kernel, node, &next) &&
	       next == head && tasks_by_stack(kernel->tasks, node) == barrier->task;
}

/* Behind the work item, of whatever size that is. */
static bool find_completion(struct barrier *barrier)
{
	unsigned found = 0;

	for (uint64_t at = WORK_FUNC + 8; at <= WORK_BYTES_MAX; at += 8)
		if (is_completion(barrier, barrier->address + at)) {
			barrier->done = at;
			found++;
		}
	return found == 1;
}

/* A worker's list has this node for its head: its task stands behind. */
static bool is_scheduled(const struct barrier *barrier, uint64_t node, uint64_t offset)
{
	struct kernel *kernel = barrier->kernel;
	uint64_t task;

	if (!err_ok(member_read(kernel, node - offset, MEMBER_WORKER_TASK, &task)))
		return false;
	const struct task *found = tasks_find(kernel->tasks, task);
	return found && found->kthread && found != barrier->task;
}

/* The barrier is on a list whose head is in a worker. */
static bool find_worker(struct barrier *barrier)
{
	uint64_t first = barrier->address + WORK_ENTRY, node = first;
	unsigned found = 0;

	for (unsigned i = 0; i < RING_MAX; i++) {
		if (!read_link(barrier->kernel, node, &node))
			return false;
		if (node == first)
			return found == 1;
		for (uint64_t at = 0; at <= WORKER_TASK_MAX; at += 8)
			if (is_scheduled(barrier, node, at)) {
				barrier->scheduled = at;
				found++;
			}
	}
	return false;
}

/* By the function that a barrier runs; false where there is none on this stack, or it is on no list. */
static bool find_barrier(struct barrier *barrier, const struct sleeper *sleeper, uint64_t function)
{
	_stack_words_ struct stack_words words;

	stack_words_init(&words, barrier->kernel, sleeper, STACK_WORDS);
	while (stack_words_next(&words)) {
		if (words.word != function)
			continue;
		barrier->task = sleeper->task;
		barrier->address = words.at - WORK_FUNC;
		if (find_completion(barrier) && find_worker(barrier))
			return true;
	}
	return false;
}

static struct err *add(const struct barrier *barrier, struct type_provider *types)
{
	TRY(probed_witness(types, "work_struct", "entry", WORK_ENTRY, PROBED_STRUCT("list_head")));
	TRY(probed_witness(types, "wq_barrier", "work", 0, PROBED_STRUCT("work_struct")));
	TRY(probed_witness(types, "wq_barrier", "done", barrier->done, PROBED_CHARS(32)));
	return probed_witness(types, "worker", "scheduled", barrier->scheduled,
			      PROBED_STRUCT("list_head"));
}

struct err *barrier_probe(struct kernel *kernel, struct type_provider *types)
{
	struct barrier barrier = {.kernel = kernel};
	struct sleepers *sleepers;
	uint64_t function;

	if (!members_has(kernel->members, MEMBER_WORKER_TASK) ||
	    !symbols_find(kernel->symbols, "wq_barrier_func", &function))
		return NULL;
	TRY(sleepers_of(kernel, &sleepers));
	for (size_t i = 0; i < sleepers->count; i++)
		if (sleepers->list[i].kind == WAIT_WORK &&
		    find_barrier(&barrier, &sleepers->list[i], function))
			return add(&barrier, types);
	return NULL;
}
