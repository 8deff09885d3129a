/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flush_workqueue() waits on its own stack (struct wq_flusher, kernel/workqueue.c), and the queue knows
 * whose turn it is. It goes on when the items that were queued before it have ended.
 */
#include "locks/flushed_queue.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "finding.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/walk.h"
#include "locks/work_function.h"

#define QUEUES_MAX 4096
#define PER_QUEUE_MAX 8192 /* pool_workqueues of a queue: one a CPU, or one a node */
#define WORKERS_MAX 65536  /* of a pool */
#define FLUSHERS_MAX 4096
#define HOLDERS_MAX 16
#define ITS_ITEM 0.9 /* it may have been queued when the flush had begun */

static uint64_t container(struct kernel *kernel, uint64_t node, enum member_id id)
{
	return node - member_offset(members_get(kernel->members, id));
}

static uint64_t inside(struct kernel *kernel, uint64_t object, enum member_id id)
{
	return object + member_offset(members_get(kernel->members, id));
}

/* Is it this one's turn, or will it be? */
static bool flushes(struct kernel *kernel, uint64_t flusher, uint64_t wq)
{
	static const enum member_id lists[] = {MEMBER_WQ_FLUSHERS, MEMBER_WQ_FLUSHERS_LATE};
	uint64_t first;

	if (err_ok(member_read(kernel, wq, MEMBER_WQ_FLUSHER, &first)) && first == flusher)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		_list_walk_ struct list_walk walk = {0};

		list_walk_init(&walk, kernel, inside(kernel, wq, lists[i]), FLUSHERS_MAX);
		while (list_walk_next(&walk))
			if (container(kernel, walk.node, MEMBER_FLUSHER_NODE) == flusher)
				return true;
	}
	return false;
}

static bool find_queue(struct kernel *kernel, uint64_t flusher, uint64_t *ret)
{
	_list_walk_ struct list_walk walk = {0};
	uint64_t head;

	if (!symbols_find(kernel->symbols, "workqueues", &head))
		return false;
	list_walk_init(&walk, kernel, head, QUEUES_MAX);
	while (list_walk_next(&walk)) {
		*ret = container(kernel, walk.node, MEMBER_WQ_LIST);
		if (flushes(kernel, flusher, *ret))
			return true;
	}
	return false;
}

static void add_worker(struct kernel *kernel, uint64_t worker, struct lock *lock)
{
	char name[WORK_FUNCTION_SIZE];
	uint64_t function, address;

	if (!err_ok(member_read(kernel, worker, MEMBER_WORKER_CURRENT_FUNC, &function)) ||
	    !err_ok(member_read(kernel, worker, MEMBER_WORKER_TASK, &address)))
		return;
	const struct task *task = tasks_find(kernel->tasks, address);
	if (!task || !task->kthread)
		return;
	work_function_name(kernel, function, name, sizeof(name));
	lock_add_holder(lock, task, MODE_EXCLUSIVE, EVIDENCE_INFERRED, ITS_ITEM,
			"this kworker runs %s, an item of the queue", name);
}

/* The workers of a pool that run an item of this queue. */
static void add_workers(struct kernel *kernel, uint64_t pwq, struct lock *lock)
{
	_list_walk_ struct list_walk walk = {0};
	uint64_t pool, current;

	if (!err_ok(member_read(kernel, pwq, MEMBER_PWQ_POOL, &pool)))
		return;
	list_walk_init(&walk, kernel, inside(kernel, pool, MEMBER_POOL_WORKERS), WORKERS_MAX);
	while (lock->holder_count < HOLDERS_MAX && list_walk_next(&walk)) {
		uint64_t worker = container(kernel, walk.node, MEMBER_WORKER_NODE);

		if (err_ok(member_read(kernel, worker, MEMBER_WORKER_CURRENT_PWQ, &current)) &&
		    current == pwq)
			add_worker(kernel, worker, lock);
	}
}

static void name_queue(struct kernel *kernel, uint64_t wq, struct lock *lock)
{
	char name[40];

	if (!err_ok(member_read_string(kernel, wq, MEMBER_WQ_NAME, name, sizeof(name))) ||
	    !is_printable(name, strlen(name)))
		copy_string(name, sizeof(name), "?");
	lock->work_item = true;
	snprintf(lock->place.name, sizeof(lock->place.name), "work of queue %s", name);
	copy_string(lock->place.why, sizeof(lock->place.why),
		    "the queue names the waiter as who flushes it");
	lock->place.evidence = EVIDENCE_PROVEN;
}

static bool has_types(struct kernel *kernel)
{
	return members_have(kernel->members, MEMBER_WQ_LIST, MEMBER_WQ_PWQS, MEMBER_PWQ_NODE,
			    MEMBER_POOL_WORKERS, MEMBER_WORKER_NODE, MEMBER_WQ_FLUSHER,
			    MEMBER_WQ_FLUSHERS, MEMBER_WQ_FLUSHERS_LATE, MEMBER_FLUSHER_NODE,
			    MEMBER_FLUSHER_DONE);
}

size_t flushed_queue_add(struct kernel *kernel, struct lock *lock)
{
	_list_walk_ struct list_walk walk = {0};
	size_t before = lock->holder_count;
	uint64_t wq;

	if (!has_types(kernel) ||
	    !find_queue(kernel, container(kernel, lock->address, MEMBER_FLUSHER_DONE), &wq))
		return 0;
	list_walk_init(&walk, kernel, inside(kernel, wq, MEMBER_WQ_PWQS), PER_QUEUE_MAX);
	while (list_walk_next(&walk))
		add_workers(kernel, container(kernel, walk.node, MEMBER_PWQ_NODE), lock);
	if (lock->holder_count > before)
		name_queue(kernel, wq, lock);
	return lock->holder_count - before;
}
