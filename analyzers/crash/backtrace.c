/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: nothing by itself; shows each CPU's active task, the blocked tasks grouped by stack, and
 *   how many tasks are in which state.
 * Needs: tasks and stacks.
 * False positives: none.
 * Kernel commits: see kernel/tasks/tasks.h.
 */
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "base/array.h"
#include "base/hash.h"
#include "describe.h"
#include "kernel/locking/sleeper.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/unwind/unwind_task.h"

static struct err *show_cpu(struct kernel *kernel, unsigned cpu, struct findings *findings)
{
	const struct task *task = tasks_on_cpu(kernel->tasks, cpu);
	_trace_ struct trace trace = {0};

	if (!task)
		return NULL;
	TRY(unwind_task(kernel, task, &trace));
	json_t *json = json_object();
	json_put(json, "cpu", json_integer(cpu));
	json_put(json, "online", json_boolean(percpu_online(kernel->percpu, cpu)));
	json_put(json, "task", describe_task(task));
	json_put(json, "idle", json_boolean(task->idle));
	json_put(json, "backtrace", describe_trace(kernel, &trace));
	finding_add(findings, FINDING_BACKTRACE_CPU, SEVERITY_INFO, 1.0, json, NULL);
	return NULL;
}

/* --- blocked tasks, one group a stack ---------------------------------------------------------- */

struct group {
	json_t *json, *tasks;
	size_t total;
};

struct groups {
	struct map by_stack; /* hash of the call addresses → index */
	struct group *list;
	size_t count;
};

#define GROUPS_MAX 4096
#define TASKS_SHOWN 512 /* of a group; "total" counts all */

static uint64_t stack_hash(const struct sleeper *sleeper)
{
	uint64_t hash = 0;

	for (unsigned i = 0; i < sleeper->call_count; i++)
		hash = (hash ^ sleeper->calls[i].address) * 0x100000001b3ull + 1;
	return hash;
}

static struct err *new_group(struct kernel *kernel, struct groups *groups,
			     const struct sleeper *sleeper, struct group **ret)
{
	_trace_ struct trace trace = {0};

	if (!array_grow(groups->list, groups->count))
		return &err_nomem;
	TRY(unwind_task(kernel, sleeper->task, &trace));
	*ret = &groups->list[groups->count++];
	**ret = (struct group){.json = json_object(), .tasks = json_array()};
	json_put((*ret)->json, "tasks", (*ret)->tasks);
	json_put((*ret)->json, "backtrace", describe_trace(kernel, &trace));
	return NULL;
}

static struct err *group_task(struct kernel *kernel, struct groups *groups,
			      const struct sleeper *sleeper)
{
	uint64_t hash = stack_hash(sleeper), *known = map_get(&groups->by_stack, hash);
	struct group *group;

	if (known) {
		group = &groups->list[*known];
	} else {
		if (groups->count == GROUPS_MAX)
			return NULL;
		if (!map_set(&groups->by_stack, hash, groups->count))
			return &err_nomem;
		TRY(new_group(kernel, groups, sleeper, &group));
	}
	if (group->total++ < TASKS_SHOWN)
		json_array_append_new(group->tasks, describe_task(sleeper->task));
	return NULL;
}

static int by_total(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	return x->total < y->total ? 1 : x->total > y->total ? -1 : 0;
}

/* Hands the groups' JSON over to blocked, largest group first. */
static void move_groups(struct groups *groups, json_t *blocked)
{
	if (groups->count)
		qsort(groups->list, groups->count, sizeof(*groups->list), by_total);
	for (size_t i = 0; i < groups->count; i++) {
		json_put(groups->list[i].json, "total",
			 json_integer((json_int_t)groups->list[i].total));
		json_array_append_new(blocked, groups->list[i].json);
	}
	free(groups->list);
	map_deinit(&groups->by_stack);
}

static json_t *states_json(struct kernel *kernel)
{
	size_t counts[128] = {0};
	json_t *states = json_object();

	for (size_t i = 0; i < tasks_count(kernel->tasks); i++)
		counts[tasks_at(kernel->tasks, i)->state & 0x7f]++;
	for (int state = 0; state < 128; state++) {
		char name[2] = {(char)state, '\0'};

		if (counts[state])
			json_put(states, name, json_integer((json_int_t)counts[state]));
	}
	return states;
}

static struct err *show_tasks(struct kernel *kernel, struct findings *findings)
{
	json_t *json = json_object(), *blocked = json_array();
	struct groups groups = {0};
	struct sleepers *sleepers;
	struct err *err = sleepers_of(kernel, &sleepers);

	json_put(json, "total", json_integer((json_int_t)tasks_count(kernel->tasks)));
	json_put(json, "states", states_json(kernel));
	for (size_t i = 0; !err && i < sleepers->count; i++)
		err = group_task(kernel, &groups, &sleepers->list[i]);
	move_groups(&groups, blocked);
	json_put(json, "blocked", blocked);
	finding_add(findings, FINDING_TASKS, SEVERITY_INFO, 1.0, json, NULL);
	return err;
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	if (kernel->percpu)
		for (unsigned cpu = 0; cpu < percpu_cpus(kernel->percpu); cpu++)
			TRY(show_cpu(kernel, cpu, findings));
	return show_tasks(kernel, findings);
}

const struct analyzer backtrace_analyzer = {
	.name = "backtrace",
	.needs = STEP_SYMBOLS | STEP_TASKS | STEP_STACKS,
	.run = run,
};
