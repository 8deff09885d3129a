/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: nothing by itself; where memory does not tell it, shows by the log which tasks are blocked,
 *   grouped by stack and for how long, and what CPUs ran.
 * Needs: the log.
 * False positives: of a log over many hours, tasks that were blocked at different times.
 * Kernel commits: forms of the lines in report_task_line.c, report_shown.c.
 */
#include <stdlib.h>

#include "analysis.h"
#include "base/cleanup.h"
#include "base/hash.h"
#include "describe.h"
#include "log/log_json.h"
#include "log/report_shown.h"

#define TASKS_SHOWN 512 /* of a group; "total" counts all */

/* --- tasks ------------------------------------------------------------------------------------ */

struct group {
	const struct shown_stack *stack;
	json_t *tasks;
	size_t total, first; /* index of the first task */
};

static json_t *frames_json(const struct shown_stack *stack)
{
	json_t *frames = json_array();

	for (size_t i = 0; stack && i < stack->count; i++)
		json_array_append_new(frames, log_json_place(&stack->frames[i].place,
							     stack->frames[i].exception));
	return frames;
}

static json_t *task_json(const struct shown_task *shown)
{
	json_t *json = describe_task(&shown->task);

	if (shown->task.blocked_ns)
		json_put(json, "blocked_s", json_real((double)shown->task.blocked_ns / 1e9));
	if (shown->work[0])
		json_put(json, "work", json_escaped(shown->work));
	return json;
}

static int by_total(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->total != y->total)
		return x->total < y->total ? 1 : -1;
	return x->first < y->first ? -1 : x->first > y->first;
}

/* Index of the group of this stack, opened when there is none yet. */
static size_t group_of(struct group *groups, size_t *count, struct map *index,
		       const struct shown_stack *stack)
{
	uint64_t *known = map_get(index, (uintptr_t)stack);

	if (known)
		return *known;
	groups[*count] = (struct group){.stack = stack, .tasks = json_array(), .first = *count};
	map_set(index, (uintptr_t)stack, *count);
	return (*count)++;
}

static json_t *groups_json(struct group *groups, size_t count)
{
	json_t *blocked = json_array();

	if (count)
		qsort(groups, count, sizeof(*groups), by_total);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(blocked,
				      json_pack("{s:o, s:o, s:I}", "tasks", groups[i].tasks,
						"backtrace", frames_json(groups[i].stack), "total",
						(json_int_t)groups[i].total));
	return blocked;
}

/* Blocked tasks, one group a stack, largest first. */
static struct err *blocked_json(const struct shown *shown, json_t **ret)
{
	_free_ struct group *groups = calloc(shown->stack_count + 2, sizeof(*groups));
	_map_ struct map index = {0};
	size_t count = 0;

	if (!groups)
		return &err_nomem;
	for (size_t i = 0; i < shown->task_count; i++) {
		const struct shown_task *task = &shown->tasks[i];

		if (task->task.state != 'D')
			continue;
		struct group *group = &groups[group_of(groups, &count, &index, task->stack)];
		if (group->total++ < TASKS_SHOWN)
			json_array_append_new(group->tasks, task_json(task));
	}
	*ret = groups_json(groups, count);
	return NULL;
}

static json_t *states_json(const struct shown *shown)
{
	size_t counts[128] = {0};
	json_t *states = json_object();

	for (size_t i = 0; i < shown->task_count; i++)
		counts[shown->tasks[i].task.state & 0x7f]++;
	for (int state = 0; state < 128; state++) {
		char name[2] = {(char)state, '\0'};

		if (counts[state])
			json_put(states, name, json_integer((json_int_t)counts[state]));
	}
	return states;
}

static struct err *show_tasks(const struct shown *shown, struct findings *findings)
{
	json_t *json, *blocked;

	if (!shown->task_count)
		return NULL;
	TRY(blocked_json(shown, &blocked));
	json = json_object();
	if (shown->all_tasks) {
		json_put(json, "total", json_integer((json_int_t)shown->task_count));
		json_put(json, "states", states_json(shown));
	}
	json_put(json, "blocked", blocked);
	finding_add(findings, FINDING_TASKS, SEVERITY_INFO, 0.9, json, NULL);
	return NULL;
}

/* --- CPUs ------------------------------------------------------------------------------------- */

static json_t *cpu_backtrace_json(const struct shown_cpu *cpu)
{
	json_t *frames = frames_json(cpu->stack);

	if (cpu->rip.symbol[0])
		json_array_insert_new(frames, 0, log_json_place(&cpu->rip, true));
	return frames;
}

static void show_cpu(const struct shown_cpu *cpu, struct findings *findings)
{
	json_t *json = json_object();

	json_put(json, "cpu", json_integer(cpu->cpu));
	json_put(json, "task", cpu->task.pid >= 0 ? describe_task(&cpu->task) : json_null());
	json_put(json, "idle", json_boolean(cpu->idle));
	json_put(json, "backtrace", cpu_backtrace_json(cpu));
	finding_add(findings, FINDING_BACKTRACE_CPU, SEVERITY_INFO, 0.9, json, NULL);
}

static void show_cpus(const struct shown *shown, const struct reports *reports,
		      struct findings *findings)
{
	const struct report *crash = reports_crash(reports);

	for (size_t i = 0; i < shown->cpu_count; i++)
		if (shown_cpu_counts(shown, i, crash ? crash->first : 0))
			show_cpu(&shown->cpus[i], findings);
}

static struct err *run(struct analysis *analysis)
{
	unsigned wanted = STEP_TASKS | STEP_STACKS;
	const struct reports *reports = analysis->reports;

	if (!reports || (analysis->kernel->steps & wanted) == wanted)
		return NULL;
	show_cpus(reports->shown, reports, analysis->findings);
	return show_tasks(reports->shown, analysis->findings);
}

const struct analyzer log_tasks_analyzer = {
	.name = "log_tasks",
	.needs = STEP_LOG,
	.run = run,
};
