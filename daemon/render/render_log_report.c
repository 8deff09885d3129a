/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who and where, behind a line of the timeline whose report says so further down. */
#include "daemon/render/render_log_report.h"

#include <string.h>

#include "base/cleanup.h"
#include "daemon/render/render_json.h"
#include "locks/task_doing.h"

#define TASKS_SHOWN 4

/* Functions in which whoever waits stands, whatever for: the next one says more. */
static bool is_waiting(const char *function)
{
	static const char *const beginnings[] = {"__mutex_lock",
						 "mutex_lock",
						 "__down",
						 "down_",
						 "down",
						 "rwsem_",
						 "__rt_mutex",
						 "rt_mutex_",
						 "wait_for_common",
						 "do_wait_for_",
						 "__wait_for_",
						 "wait_for_completion",
						 "wait_on_page_bit",
						 "wait_on_page_",
						 "__wait_on_",
						 "out_of_line_wait_on_",
						 "bit_wait",
						 "folio_wait_",
						 "wait_on_bit",
						 "__wait_rcu_gp",
						 "synchronize_rcu_norm",
						 "__lock_page",
						 "__folio_lock",
						 "percpu_rwsem_wait",
						 "__percpu_down_read",
						 "__call_rwsem_",
						 "call_rwsem_",
						 "rt_spin_lock",
						 "synchronize_sched",
						 "schedule_timeout",
						 "io_schedule"};

	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (has_prefix(function, beginnings[i]))
			return true;
	return task_doing_is_scheduler(function);
}

/* The innermost frame that says what a task waits for, else the innermost past the scheduler; or NULL. */
static const json_t *waits_in(const json_t *frames)
{
	const json_t *frame, *other = NULL;
	size_t i;

	json_array_foreach (frames, i, frame) {
		const char *function = json_string_at(frame, "symbol");

		if (!function || task_doing_is_scheduler(function))
			continue;
		if (!is_waiting(function))
			return frame;
		other = other ? other : frame;
	}
	return other;
}

/* Function and module; where in it, the stack has. */
static void put_function(struct str *out, const char *before, const json_t *place)
{
	render_put(out, before, json_string_at(place, "symbol"));
	if (json_string_at(place, "module")) {
		render_put(out, " [", json_string_at(place, "module"));
		str_puts(out, "]");
	}
}

static const json_t *report_of(const json_t *report, const json_t *event)
{
	const json_t *list = json_at(report, "log.reports"), *item;
	size_t i;

	json_array_foreach (list, i, item)
		if (json_equal(json_at(item, "first_line"), json_at(event, "first_line")))
			return item;
	return NULL;
}

/* What the line says itself is not said again. */
static bool is_said(const json_t *event, const char *words)
{
	const char *text = json_string_at(event, "text");

	return !words || (text && strstr(text, words));
}

static bool is_kind(const json_t *of, const char *kind)
{
	return json_string_at(of, "kind") && !strcmp(json_string_at(of, "kind"), kind);
}

/* The first line of an RCU stall says neither who nor for how long. */
static void put_stall(struct str *out, const json_t *said)
{
	double seconds = json_number_value(json_at(said, "seconds"));

	if (json_is_integer(json_at(said, "cpu")))
		str_printf(out, "%sCPU %lld", out->length ? ", " : "",
			   json_integer_at(said, "cpu"));
	if (seconds >= 1)
		str_printf(out, "%sfor %.0f s", out->length ? ", " : "", seconds);
}

static void put_who_and_where(struct str *out, const json_t *event, const json_t *said)
{
	const json_t *place = json_at(said, "rip");
	const json_t *stack = json_array_get(json_at(said, "stacks"), 0);
	bool sleeps = is_kind(said, "hung_task");

	if (!is_said(event, json_string_at(said, "comm")))
		render_task(out, said);
	if (!json_string_at(place, "symbol") && sleeps)
		place = waits_in(json_at(stack, "frames"));
	if (!is_said(event, json_string_at(place, "symbol"))) {
		str_puts(out, out->length ? " " : "");
		put_function(out, sleeps ? "asleep in " : "in ", place);
	}
	if (!is_said(event, json_string_at(said, "work")))
		render_put(out, out->length ? ", work item " : "work item ",
			   json_string_at(said, "work"));
	if (is_kind(said, "rcu_stall"))
		put_stall(out, said);
}

/* --- SysRq-w and -t --- */

struct names {
	struct str text;
	size_t count, shown;
};

static void add_tasks(struct names *names, const json_t *group)
{
	const json_t *task;
	size_t i;

	json_array_foreach (json_at(group, "tasks"), i, task) {
		if (names->count++ >= TASKS_SHOWN)
			continue;
		str_puts(&names->text, names->shown++ ? ", " : "");
		render_task(&names->text, task);
		put_function(&names->text, " in ", waits_in(json_at(group, "backtrace")));
	}
}

static void put_tasks(struct str *out, const json_t *groups)
{
	struct names names = {0};
	const json_t *group;
	size_t i;

	json_array_foreach (groups, i, group) {
		add_tasks(&names, group);
	}
	if (names.count)
		str_printf(out, "%zu task%s blocked: %s%s", names.count,
			   names.count == 1 ? "" : "s", names.text.data ? names.text.data : "",
			   names.count > names.shown ? ", …" : "");
	str_deinit(&names.text);
}

/* --- SysRq-l --- */

/* The CPU on which somebody asked for the others' traces has nothing of interest in its own. */
static bool is_asking(const json_t *frames)
{
	const json_t *frame;
	size_t i;

	json_array_foreach (frames, i, frame) {
		const char *function = json_string_at(frame, "symbol");

		if (function && (has_prefix(function, "__handle_sysrq") ||
				 has_prefix(function, "sysrq_handle_")))
			return true;
	}
	return false;
}

static void put_cpus(struct str *out, const json_t *cpus)
{
	size_t i, busy = 0, idle = 0;
	const json_t *cpu;

	json_array_foreach (cpus, i, cpu) {
		const json_t *frames = json_at(cpu, "backtrace");

		idle += json_is_true(json_at(cpu, "idle"));
		if (json_is_true(json_at(cpu, "idle")) || is_asking(frames) ||
		    busy++ >= TASKS_SHOWN)
			continue;
		str_printf(out, "%sCPU %lld: ", out->length ? ", " : "",
			   json_integer_at(cpu, "cpu"));
		render_task(out, json_at(cpu, "task"));
		put_function(out, " in ", json_array_get(frames, 0));
	}
	str_puts(out, busy > TASKS_SHOWN ? ", …" : "");
	if (idle)
		str_printf(out, "%s%zu CPU%s idle", out->length ? ", " : "", idle,
			   idle == 1 ? "" : "s");
}

/* --- which of several --- */

enum list { LIST_NONE, LIST_TASKS, LIST_CPUS };

static enum list list_of(const json_t *event)
{
	if (is_said(event, "Show Blocked State") || is_said(event, "Show State"))
		return LIST_TASKS;
	return is_said(event, "ack trace of all active CPUs") ||
			       is_said(event, "acktrace of all active CPUs")
		       ? LIST_CPUS
		       : LIST_NONE;
}

/* The last list there is: tasks and CPUs of the verdict are of that one. */
static enum list last_list(const json_t *report, const json_t *event)
{
	const json_t *events = json_at(report, "log.events"), *other;
	enum list list = list_of(event);
	size_t i;

	json_array_foreach (events, i, other)
		if (list && list_of(other) == list &&
		    json_integer_at(other, "first_line") > json_integer_at(event, "first_line"))
			return LIST_NONE;
	return list;
}

/* A panic behind the crash tells who noticed. */
static bool is_end_of_another(const json_t *event)
{
	return is_kind(event, "panic") && json_number_value(json_at(event, "before_s")) < 0;
}

void render_log_report(const json_t *report, const json_t *event, struct str *out)
{
	const json_t *said = report_of(report, event);
	enum list list = is_kind(event, "sysrq") ? last_list(report, event) : LIST_NONE;
	_str_ struct str text = {0};

	if (list == LIST_TASKS)
		put_tasks(&text, json_at(report, "tasks.blocked"));
	else if (list == LIST_CPUS)
		put_cpus(&text, json_at(report, "cpus"));
	else if (said && !is_kind(event, "sysrq") && !is_end_of_another(event))
		put_who_and_where(&text, event, said);
	if (text.length)
		str_printf(out, " (%s)", text.data);
}
