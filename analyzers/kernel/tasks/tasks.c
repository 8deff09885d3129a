/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All threads of the dead kernel, from its lists of processes, and which ones were running. */
#include "kernel/tasks/tasks.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"

#define DEAD_MAX 64 /* tasks that have ended and are still pointed to */
#define CLOCK_LEAD_NS                                                                              \
	(3600 * 1000000000ull) /* by a run queue: no CPU goes so long without a task */

struct tasks {
	struct task *list;
	size_t count;
	struct map by_address, by_pid, by_stack; /* values are indices into list */
	struct map on_cpu;			 /* CPU to index */
	struct task *dead[DEAD_MAX];		 /* by tasks_dead(); each stays where it is */
	size_t dead_count;
	struct task_clock clock;
	struct err *err;
};

/* The state of tasks_open() alone. */
struct walk {
	struct kernel *kernel;
	struct tasks *tasks;
	struct task_reader reader;
	uint64_t tasks_offset, threads_offset, head_offset;
	bool ring_has_head; /* signal_struct.thread_head */
};

/* Keep the first error: those that follow mostly come of it. */
static void keep_error(struct tasks *tasks, struct err *err)
{
	if (tasks->err)
		err_free(err);
	else
		tasks->err = err;
}

static struct err *add(struct tasks *tasks, const struct task *task)
{
	if (tasks->count == TASKS_MAX)
		return err_new(ERR_LIMIT, "more than %u tasks", TASKS_MAX);
	if (!array_grow(tasks->list, tasks->count))
		return &err_nomem;
	if (!map_set(&tasks->by_address, task->address, tasks->count))
		return &err_nomem;
	if (task->pid && !map_set(&tasks->by_pid, (uint32_t)task->pid, tasks->count))
		return &err_nomem;
	if (task->stack && !map_set(&tasks->by_stack, task->stack / task->stack_size, tasks->count))
		return &err_nomem;
	tasks->list[tasks->count++] = *task;
	return NULL;
}

/* Read a task and take it in; ERR_LOOP when it is known already. */
static struct err *visit(struct walk *walk, uint64_t address, struct task_links *links)
{
	struct task task;

	if (map_get(&walk->tasks->by_address, address))
		return err_at(ERR_LOOP, address, "the task list comes back to a task");
	TRY(task_reader_read(&walk->reader, address, &task, links));
	return add(walk->tasks, &task);
}

/* --- idle and running tasks ------------------------------------------------------------------- */

static struct task *known(struct tasks *tasks, uint64_t address)
{
	uint64_t *index = map_get(&tasks->by_address, address);

	return index ? &tasks->list[*index] : NULL;
}

/* The task at an address, read now when no list led to it. NULL with the reason kept. */
static struct task *take(struct walk *walk, uint64_t address)
{
	struct task_links links;

	if (!known(walk->tasks, address)) {
		struct err *err = visit(walk, address, &links);

		if (err) {
			keep_error(walk->tasks, err);
			return NULL;
		}
	}
	return known(walk->tasks, address);
}

static struct err *rq_pointer(struct walk *walk, unsigned cpu, enum member_id id, uint64_t *ret)
{
	uint64_t rq;

	TRY(percpu_symbol(walk->kernel, "runqueues", cpu, &rq));
	return member_read(walk->kernel, rq, id, ret);
}

static void add_idle_tasks(struct walk *walk)
{
	for (unsigned cpu = 0; cpu < percpu_cpus(walk->kernel->percpu); cpu++) {
		uint64_t address;
		struct task *task;

		if (!err_ok(rq_pointer(walk, cpu, MEMBER_RQ_IDLE, &address)) || !address)
			continue;
		task = take(walk, address);
		if (task) {
			task->idle = true;
			task->cpu = (int32_t)cpu;
		}
	}
}

/*
 * What each online CPU runs, or each CPU where no mask was read. rq->curr may be on no list any
 * more: a task that is exiting for good.
 */
static void note_running(struct walk *walk)
{
	const struct percpu *percpu = walk->kernel->percpu;
	bool any_online = false;

	for (unsigned cpu = 0; cpu < percpu_cpus(percpu); cpu++)
		any_online |= percpu_online(percpu, cpu);
	for (unsigned cpu = 0; cpu < percpu_cpus(percpu); cpu++) {
		uint64_t address;
		struct task *task;

		if ((any_online && !percpu_online(percpu, cpu)) ||
		    !err_ok(rq_pointer(walk, cpu, MEMBER_RQ_CURR, &address)) || !address)
			continue;
		task = take(walk, address);
		if (!task)
			continue;
		task->on_cpu = (int32_t)cpu;
		if (!map_set(&walk->tasks->on_cpu, cpu, (size_t)(task - walk->tasks->list)))
			keep_error(walk->tasks, &err_nomem);
	}
}

/* --- processes and their threads -------------------------------------------------------------- */

/*
 * The other threads of a process, from the leader's place in their ring around to it again. The
 * ring goes through signal->thread_head, whose address is known without reading it; before v3.14
 * it has no head.
 */
static struct err *add_threads(struct walk *walk, uint64_t leader, const struct task_links *links)
{
	uint64_t start = leader + walk->threads_offset, node = links->thread_next;
	uint64_t head = walk->ring_has_head ? links->signal + walk->head_offset : 0;
	bool met_head = false;

	while (node && node != start) {
		struct task_links next;

		if (head && node == head) {
			if (met_head)
				return err_at(ERR_LOOP, node,
					      "the thread list passes its head twice");
			met_head = true;
			TRY(memory_read_u64(walk->kernel->memory, head, &node));
			continue;
		}
		TRY(visit(walk, node - walk->threads_offset, &next));
		node = next.thread_next;
	}
	return NULL;
}

static struct err *add_processes(struct walk *walk, uint64_t node, uint64_t end, bool forward)
{
	while (node != end) {
		uint64_t leader = node - walk->tasks_offset;
		struct task_links links;

		TRY(visit(walk, leader, &links));
		if (links.thread_next !=
		    (walk->ring_has_head ? links.signal + walk->head_offset : 0))
			keep_error(walk->tasks, add_threads(walk, leader, &links));
		node = forward ? links.next : links.prev;
	}
	return NULL;
}

/* From init_task through the list, and from its other end when that is broken somewhere. */
static struct err *walk_processes(struct walk *walk)
{
	struct task_links links;
	struct task swapper;
	uint64_t init_task;
	struct err *err;

	if (!symbols_find(walk->kernel->symbols, "init_task", &init_task))
		return err_new(ERR_NOT_FOUND, "no symbol init_task");
	TRY(task_reader_read(&walk->reader, init_task, &swapper, &links));
	if (!known(walk->tasks, init_task))
		TRY(add(walk->tasks, &swapper));
	known(walk->tasks, init_task)->idle = true;
	err = add_processes(walk, links.next, init_task + walk->tasks_offset, true);
	if (err) {
		keep_error(walk->tasks, err);
		err_free(add_processes(walk, links.prev, init_task + walk->tasks_offset, false));
	}
	return NULL;
}

static void compare_clocks(struct tasks *tasks)
{
	tasks->clock.offset = INT64_MAX;
	for (size_t i = 0; i < tasks->count; i++) {
		const struct task *task = &tasks->list[i];
		int64_t distance = (int64_t)(task->blocked_ns - task->start_time);

		if (task->blocked_ns && task->start_time && distance < tasks->clock.offset)
			tasks->clock.offset = distance;
	}
}

static uint64_t last_arrival(const struct tasks *tasks)
{
	uint64_t last = 0;

	for (size_t i = 0; i < tasks->count; i++)
		last = MAX(last, tasks->list[i].blocked_ns);
	return last;
}

/* A clock far beyond the time at which some task last got a CPU is no clock any more: 0 where all are. */
static uint64_t newest_clock(struct walk *walk)
{
	uint64_t last = last_arrival(walk->tasks), newest = 0, clock;
	unsigned cpus = walk->kernel->percpu ? percpu_cpus(walk->kernel->percpu) : 0;

	for (unsigned cpu = 0; cpu < cpus; cpu++)
		if (err_ok(rq_pointer(walk, cpu, MEMBER_RQ_CLOCK, &clock)) &&
		    (!last || clock < last || clock - last < CLOCK_LEAD_NS))
			newest = MAX(newest, clock);
	return newest;
}

static void finish_times(struct walk *walk)
{
	uint64_t newest = newest_clock(walk);

	compare_clocks(walk->tasks);
	walk->tasks->clock.newest = newest;
	for (size_t i = 0; i < walk->tasks->count; i++) {
		struct task *task = &walk->tasks->list[i];
		bool asleep = task->on_cpu < 0 && task->state != 'R' && task->blocked_ns &&
			      task->blocked_ns <= newest;

		task->blocked_ns = asleep ? newest - task->blocked_ns : 0;
	}
}

static struct err *walk_all(struct walk *walk)
{
	struct members *members = walk->kernel->members;
	const struct member *head = members_get(members, MEMBER_SIGNAL_THREAD_HEAD);
	const struct member *threads = members_get(members, MEMBER_TASK_THREADS);

	TRY(task_reader_init(&walk->reader, walk->kernel));
	walk->tasks_offset = member_offset(members_get(members, MEMBER_TASK_TASKS));
	walk->threads_offset = threads ? member_offset(threads) : 0;
	walk->head_offset = head ? member_offset(head) : 0;
	walk->ring_has_head = head;
	if (walk->kernel->percpu)
		add_idle_tasks(walk);
	TRY(walk_processes(walk));
	if (walk->kernel->percpu)
		note_running(walk);
	finish_times(walk);
	return NULL;
}

struct err *tasks_open(struct kernel *kernel, struct tasks **ret)
{
	struct walk walk = {.kernel = kernel, .tasks = calloc(1, sizeof(*walk.tasks))};
	struct err *err = walk.tasks ? walk_all(&walk) : &err_nomem;

	task_reader_deinit(&walk.reader);
	if (err) {
		tasks_close(walk.tasks);
		return err;
	}
	*ret = walk.tasks;
	return NULL;
}

void tasks_close(struct tasks *tasks)
{
	if (!tasks)
		return;
	map_deinit(&tasks->by_address);
	map_deinit(&tasks->by_pid);
	map_deinit(&tasks->by_stack);
	map_deinit(&tasks->on_cpu);
	for (size_t i = 0; i < tasks->dead_count; i++)
		free(tasks->dead[i]);
	err_free(tasks->err);
	free(tasks->list);
	free(tasks);
}

/* --- look-ups --------------------------------------------------------------------------------- */

size_t tasks_count(const struct tasks *tasks)
{
	return tasks->count;
}

const struct task *tasks_at(const struct tasks *tasks, size_t i)
{
	return &tasks->list[i];
}

static const struct task *lookup(const struct tasks *tasks, const struct map *map, uint64_t key)
{
	uint64_t *index = map_get(map, key);

	return index ? &tasks->list[*index] : NULL;
}

const struct task *tasks_find(const struct tasks *tasks, uint64_t address)
{
	return lookup(tasks, &tasks->by_address, address);
}

const struct task *tasks_by_pid(const struct tasks *tasks, int32_t pid)
{
	return lookup(tasks, &tasks->by_pid, (uint32_t)pid);
}

const struct task *tasks_on_cpu(const struct tasks *tasks, unsigned cpu)
{
	return lookup(tasks, &tasks->on_cpu, cpu);
}

const struct task *tasks_by_stack(const struct tasks *tasks, uint64_t address)
{
	/* Stacks are aligned to their size: THREAD_ALIGN, or as pages of the page allocator. */
	const struct task *task =
		tasks->count ? lookup(tasks, &tasks->by_stack, address / tasks->list[0].stack_size)
			     : NULL;

	return task && address - task->stack < task->stack_size ? task : NULL;
}

const struct err *tasks_error(const struct tasks *tasks)
{
	return tasks->err;
}

/* --- tasks that have ended -------------------------------------------------------------------- */

#define PF_EXITING 0x4u /* include/linux/sched.h: exit_signals() sets it, and nobody clears it */

/* Does the memory of a task_struct still say whose it was? It is free, and others may have used it. */
static bool is_exited(const struct task *task)
{
	size_t length = strnlen(task->comm, sizeof(task->comm));

	return task->flags & PF_EXITING && task->pid > 0 && task->pid < (int32_t)TASKS_MAX &&
	       length && is_printable(task->comm, length);
}

static void read_dead(struct kernel *kernel, uint64_t address, struct task *ret)
{
	struct task_reader reader;
	struct task_links links;
	struct task found;

	*ret = (struct task){.address = address, .tgid = -1, .cpu = -1, .on_cpu = -1};
	if (err_ok(task_reader_init(&reader, kernel)) &&
	    err_ok(task_reader_read(&reader, address, &found, &links)) && is_exited(&found)) {
		*ret = found;
		ret->stack = ret->blocked_ns = 0;
	}
	task_reader_deinit(&reader);
}

struct err *tasks_keep_dead(struct tasks *tasks, const struct task *task, const struct task **ret)
{
	*ret = NULL;
	for (size_t i = 0; i < tasks->dead_count; i++)
		if (tasks->dead[i]->address == task->address && tasks->dead[i]->pid == task->pid) {
			*ret = tasks->dead[i];
			return NULL;
		}
	if (tasks->dead_count == DEAD_MAX)
		return NULL;
	struct task *copy = malloc(sizeof(*copy));
	if (!copy)
		return &err_nomem;
	*copy = *task;
	copy->state = 'X';
	copy->dead = true;
	*ret = tasks->dead[tasks->dead_count++] = copy;
	return NULL;
}

struct err *tasks_dead(struct kernel *kernel, uint64_t address, const struct task **ret)
{
	struct task task;

	read_dead(kernel, address, &task);
	return tasks_keep_dead(kernel->tasks, &task, ret);
}

const struct task_clock *tasks_clock(const struct tasks *tasks)
{
	return &tasks->clock;
}
