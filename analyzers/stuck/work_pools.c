/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: pools of workers whose list of work does not get shorter: who of the workers keeps the others
 *   from it, with which item, and how many wait. One that runs counts as one that goes on, so no other
 *   is woken; where all sleep, there may be nobody to make one more.
 * Needs: symbols, types, tasks, stacks.
 * False positives: a pool that has just been given work: hence only those that have not begun any for
 *   seconds.
 * Kernel commits: 82607adcf9cd v4.5 worker_pool.watchdog_ts; 692b48258dda v4.14 manager without a mutex.
 */
#include <inttypes.h>
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
#include "stuck/ticks.h"
#include "locks/work_function.h"

#define QUEUES_MAX 4096
#define PER_QUEUE_MAX 8192 /* pool_workqueues of a queue: one a CPU, or one a node */
#define WORKERS_MAX 65536  /* of a pool */
#define PENDING_MAX 100000 /* work items of a pool that have not begun */
#define STALLED_S 2.0

/* A pool, and who of its workers keeps the rest waiting. */
struct pool {
	uint64_t address;
	int32_t cpu; /* -1: not bound to one */
	size_t pending, busy, idle;
	uint64_t first; /* function of the item that is next */
	const struct task *worker;
	uint64_t function; /* of the item it is at */
	double seconds;	   /* since any item began */
};

static uint64_t inside(struct kernel *kernel, uint64_t object, enum member_id id)
{
	return object + member_offset(members_get(kernel->members, id));
}

static uint64_t container(struct kernel *kernel, uint64_t node, enum member_id id)
{
	return node - member_offset(members_get(kernel->members, id));
}

static void count_pending(struct kernel *kernel, struct pool *pool)
{
	_list_walk_ struct list_walk walk = {0};

	list_walk_init(&walk, kernel, inside(kernel, pool->address, MEMBER_POOL_WORKLIST),
		       PENDING_MAX);
	while (list_walk_next(&walk))
		if (!pool->pending++)
			(void)err_ok(member_read(kernel,
						 container(kernel, walk.node, MEMBER_WORK_ENTRY),
						 MEMBER_WORK_FUNC, &pool->first));
}

/*
 * How much a worker keeps the others from the list: a sleeper does only where there is no other. One
 * that is ready and has no CPU keeps nobody: whoever has the CPU does.
 */
static int weight(const struct task *task)
{
	return task->on_cpu >= 0 ? 2 : task->state == 'R' ? 0 : 1;
}

static void consider(struct pool *pool, const struct task *task, uint64_t function)
{
	int own = weight(task), best = pool->worker ? weight(pool->worker) : 0;

	if (!own || own < best || (own == best && task->blocked_ns <= pool->worker->blocked_ns))
		return;
	pool->worker = task;
	pool->function = function;
}

/* Those at an item; one without has nothing to do, or is on its way. */
static void look_at_workers(struct kernel *kernel, struct pool *pool)
{
	_list_walk_ struct list_walk walk = {0};
	uint64_t function, address;

	list_walk_init(&walk, kernel, inside(kernel, pool->address, MEMBER_POOL_WORKERS),
		       WORKERS_MAX);
	while (list_walk_next(&walk)) {
		uint64_t worker = container(kernel, walk.node, MEMBER_WORKER_NODE);

		if (!err_ok(member_read(kernel, worker, MEMBER_WORKER_CURRENT_FUNC, &function)) ||
		    !err_ok(member_read(kernel, worker, MEMBER_WORKER_TASK, &address)))
			continue;
		const struct task *task = tasks_find(kernel->tasks, address);
		pool->busy += function != 0;
		pool->idle += !function;
		if (function && task)
			consider(pool, task, function);
	}
}

/* --- what is said of it ----------------------------------------------------------------------- */

static void put_pool(const struct pool *pool, struct str *text)
{
	if (pool->cpu >= 0)
		str_printf(text, "the workers of CPU %d", pool->cpu);
	else
		str_puts(text, "the workers of an unbound pool");
}

static void put_worker(struct kernel *kernel, const struct pool *pool, struct str *text)
{
	char function[WORK_FUNCTION_SIZE];

	work_function_name(kernel, pool->function, function, sizeof(function));
	if (weight(pool->worker) > 1) {
		str_printf(text, "work item %s keeps ", function);
		put_pool(pool, text);
		str_puts(text, " from all others: ");
	} else {
		put_pool(pool, text);
		str_printf(text,
			   " are all at work items that sleep, %zu of them, and none is left: ",
			   pool->busy);
	}
	task_label(pool->worker, text);
	str_puts(text, " ");
	task_doing(kernel, pool->worker, text);
	if (weight(pool->worker) == 1)
		str_printf(text, ", in work item %s", function);
}

static void put_brief(const struct pool *pool, const char *function, struct str *text)
{
	if (weight(pool->worker) > 1)
		str_printf(text, "work item %s keeps ", function);
	put_pool(pool, text);
	str_puts(text, weight(pool->worker) > 1 ? " from all others"
						: " are all at work items that sleep");
	str_printf(text, "; %zu work item%s wait%s", pool->pending, pool->pending == 1 ? "" : "s",
		   pool->pending == 1 ? "s" : "");
}

static void report(struct analysis *analysis, const struct pool *pool)
{
	json_t *json = stuck_json("work_pool", pool->seconds, pool->pending);
	_str_ struct str text = {0}, brief = {0};
	char first[WORK_FUNCTION_SIZE], function[WORK_FUNCTION_SIZE];

	work_function_name(analysis->kernel, pool->first, first, sizeof(first));
	work_function_name(analysis->kernel, pool->function, function, sizeof(function));
	put_worker(analysis->kernel, pool, &text);
	str_printf(&text, "; %zu work item%s wait%s for %.1f s, %s first", pool->pending,
		   pool->pending == 1 ? "" : "s", pool->pending == 1 ? "s" : "", pool->seconds,
		   first);
	put_brief(pool, function, &brief);
	json_put(json, "brief", json_string(brief.data ? brief.data : ""));
	json_put(json, "cpu", pool->cpu >= 0 ? json_integer(pool->cpu) : json_null());
	json_put(json, "function", json_escaped(function));
	json_put(json, "task", describe_task(pool->worker));
	json_put(json, "workers", json_integer((json_int_t)(pool->busy + pool->idle)));
	json_put(json, "idle", json_integer((json_int_t)pool->idle));
	finding_add(analysis->findings, FINDING_STUCK_WORK, SEVERITY_WARNING, 0.9, json, "%s",
		    text.data);
}

/* --- all pools -------------------------------------------------------------------------------- */

static void look_at(struct analysis *analysis, uint64_t address)
{
	struct kernel *kernel = analysis->kernel;
	struct pool pool = {.address = address};
	uint64_t cpu, since;

	if (!err_ok(member_read(kernel, address, MEMBER_POOL_WATCHDOG, &since)) ||
	    !err_ok(member_read(kernel, address, MEMBER_POOL_CPU, &cpu)))
		return;
	pool.cpu = (int32_t)cpu;
	pool.seconds = ticks_since(kernel, since);
	if (pool.seconds < STALLED_S)
		return;
	count_pending(kernel, &pool);
	if (!pool.pending)
		return;
	look_at_workers(kernel, &pool);
	/* With a worker left, and none that goes on, it is the CPU that is kept from them. */
	if (pool.worker && (weight(pool.worker) > 1 || !pool.idle))
		report(analysis, &pool);
}

static bool has_types(struct kernel *kernel)
{
	return members_have(kernel->members, MEMBER_WQ_LIST, MEMBER_WQ_PWQS, MEMBER_PWQ_NODE,
			    MEMBER_POOL_WORKERS, MEMBER_POOL_WORKLIST, MEMBER_POOL_WATCHDOG,
			    MEMBER_WORKER_NODE, MEMBER_WORK_ENTRY);
}

static void look_at_queue(struct analysis *analysis, uint64_t wq, struct map *seen)
{
	struct kernel *kernel = analysis->kernel;
	_list_walk_ struct list_walk walk = {0};
	uint64_t pool;

	list_walk_init(&walk, kernel, inside(kernel, wq, MEMBER_WQ_PWQS), PER_QUEUE_MAX);
	while (list_walk_next(&walk))
		if (err_ok(member_read(kernel, container(kernel, walk.node, MEMBER_PWQ_NODE),
				       MEMBER_PWQ_POOL, &pool)) &&
		    map_add(seen, pool, 0))
			look_at(analysis, pool);
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	_list_walk_ struct list_walk queues = {0};
	_map_ struct map seen = {0};
	struct sleepers *sleepers;
	uint64_t head;

	if (!symbols_find(kernel->symbols, "workqueues", &head) || !has_types(kernel))
		return NULL;
	TRY(sleepers_of(kernel, &sleepers));
	list_walk_init(&queues, kernel, head, QUEUES_MAX);
	while (list_walk_next(&queues))
		look_at_queue(analysis, container(kernel, queues.node, MEMBER_WQ_LIST), &seen);
	return NULL;
}

const struct analyzer work_pool_analyzer = {
	.name = "work_pool",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
