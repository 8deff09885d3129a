/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: work items that sleep while others of the same queue may not begin until they have ended:
 *   which function, run by which worker, and how many wait behind it.
 * Needs: symbols, types, tasks, stacks.
 * False positives: a queue that is busy in earnest: the longer the item sleeps, the less so.
 * Kernel commits: f97a4a1a3f87 v5.16 pool_workqueue.inactive_works, delayed_works before.
 */
#include <string.h>

#include "analysis.h"
#include "base/hash.h"
#include "base/str.h"
#include "describe.h"
#include "kernel/locking/sleeper.h"
#include "kernel/tasks/task_label.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/walk.h"
#include "locks/task_doing.h"
#include "stuck/stuck.h"
#include "locks/work_function.h"

#define QUEUES_MAX 4096
#define PER_QUEUE_MAX 8192 /* pool_workqueues of a queue: one a CPU, or one a node */
#define WORKERS_MAX 65536  /* of a pool */
#define PENDING_MAX 100000 /* work items of a queue that have not begun */

/* One queue on one pool, and what it is stuck with. */
struct queue {
	uint64_t pwq, pool;
	char name[40];
	size_t pending;		   /* work items that may not begin */
	const struct task *worker; /* of its items the one that has slept longest */
	uint64_t function;
};

static uint64_t container(struct kernel *kernel, uint64_t node, enum member_id id)
{
	return node - member_offset(members_get(kernel->members, id));
}

static uint64_t inside(struct kernel *kernel, uint64_t object, enum member_id id)
{
	return object + member_offset(members_get(kernel->members, id));
}

static size_t count_pending(struct kernel *kernel, uint64_t pwq)
{
	_list_walk_ struct list_walk walk = {0};
	size_t count = 0;

	list_walk_init(&walk, kernel, inside(kernel, pwq, MEMBER_PWQ_INACTIVE), PENDING_MAX);
	while (list_walk_next(&walk))
		count++;
	return count;
}

/* The worker of the pool that runs an item of this queue, and has slept for longest. */
static void find_worker(struct kernel *kernel, struct queue *queue)
{
	_list_walk_ struct list_walk walk = {0};

	list_walk_init(&walk, kernel, inside(kernel, queue->pool, MEMBER_POOL_WORKERS),
		       WORKERS_MAX);
	while (list_walk_next(&walk)) {
		uint64_t worker = container(kernel, walk.node, MEMBER_WORKER_NODE);
		uint64_t pwq, function, address;

		if (!err_ok(member_read(kernel, worker, MEMBER_WORKER_CURRENT_PWQ, &pwq)) ||
		    pwq != queue->pwq ||
		    !err_ok(member_read(kernel, worker, MEMBER_WORKER_CURRENT_FUNC, &function)) ||
		    !err_ok(member_read(kernel, worker, MEMBER_WORKER_TASK, &address)))
			continue;
		const struct task *task = tasks_find(kernel->tasks, address);
		if (!task || task->on_cpu >= 0 || task->state == 'R' ||
		    (queue->worker && queue->worker->blocked_ns >= task->blocked_ns))
			continue;
		queue->worker = task;
		queue->function = function;
	}
}

/* --- what is said of it ----------------------------------------------------------------------- */

static void report(struct analysis *analysis, const struct queue *queue)
{
	double seconds = (double)queue->worker->blocked_ns / 1e9;
	json_t *json = stuck_json("work_queue", seconds, queue->pending);
	_str_ struct str text = {0};
	char function[WORK_FUNCTION_SIZE];

	work_function_name(analysis->kernel, queue->function, function, sizeof(function));
	str_printf(&text, "work item %s of workqueue %s does not end: ", function, queue->name);
	task_label(queue->worker, &text);
	str_puts(&text, " ");
	task_doing(analysis->kernel, queue->worker, &text);
	if (seconds > 0)
		str_printf(&text, ", for %.1f s", seconds);
	str_printf(&text, "; %zu work item%s wait%s behind it", queue->pending,
		   queue->pending == 1 ? "" : "s", queue->pending == 1 ? "s" : "");
	json_put(json, "queue", json_escaped(queue->name));
	json_put(json, "function", json_escaped(function));
	json_put(json, "task", describe_task(queue->worker));
	finding_add(analysis->findings, FINDING_STUCK_WORK, SEVERITY_WARNING, 0.9, json, "%s",
		    text.data);
}

/* --- all queues ------------------------------------------------------------------------------- */

static void look_at(struct analysis *analysis, uint64_t wq, uint64_t pwq)
{
	struct kernel *kernel = analysis->kernel;
	struct queue queue = {.pwq = pwq, .pending = count_pending(kernel, pwq)};

	if (!queue.pending || !err_ok(member_read(kernel, pwq, MEMBER_PWQ_POOL, &queue.pool)))
		return;
	if (!err_ok(member_read_string(kernel, wq, MEMBER_WQ_NAME, queue.name,
				       sizeof(queue.name))) ||
	    !is_printable(queue.name, strlen(queue.name)))
		copy_string(queue.name, sizeof(queue.name), "?");
	find_worker(kernel, &queue);
	if (queue.worker)
		report(analysis, &queue);
}

static bool has_types(struct kernel *kernel)
{
	return members_have(kernel->members, MEMBER_WQ_LIST, MEMBER_WQ_PWQS, MEMBER_PWQ_NODE,
			    MEMBER_PWQ_INACTIVE, MEMBER_POOL_WORKERS, MEMBER_WORKER_NODE);
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	_list_walk_ struct list_walk queues = {0};
	struct sleepers *sleepers;
	uint64_t head;

	if (!symbols_find(kernel->symbols, "workqueues", &head) || !has_types(kernel))
		return NULL;
	TRY(sleepers_of(kernel, &sleepers));
	list_walk_init(&queues, kernel, head, QUEUES_MAX);
	while (list_walk_next(&queues)) {
		uint64_t wq = container(kernel, queues.node, MEMBER_WQ_LIST);
		_list_walk_ struct list_walk walk = {0};

		list_walk_init(&walk, kernel, inside(kernel, wq, MEMBER_WQ_PWQS), PER_QUEUE_MAX);
		while (list_walk_next(&walk))
			look_at(analysis, wq, container(kernel, walk.node, MEMBER_PWQ_NODE));
	}
	return NULL;
}

const struct analyzer work_queue_analyzer = {
	.name = "work_queue",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
