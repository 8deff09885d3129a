/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stacks of the tasks that do not go on. */
#include "daemon/render/render_stuck.h"

#include <stdio.h>
#include <string.h>

#include "daemon/render/render_frames.h"
#include "daemon/render/render_json.h"

#define STACKS_SHOWN 6
#define FRAMES_SHOWN 16
#define TASKS_NAMED 4
#define PIDS_MAX 16

struct stuck {
	const json_t *report;
	json_int_t pids[PIDS_MAX];
	size_t count;
};

/* Who crashes because others hang: its own stack says nothing of them. */
static bool is_messenger(const json_t *report)
{
	static const char *const kinds[] = {"hung_task", "sysrq"};
	const char *cause = json_string_at(report, "verdict.cause");
	const char *kind = json_string_at(report, "crash.kind");

	if (!cause || !kind || (strcmp(cause, "deadlock") && strcmp(cause, "hang")))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kind, kinds[i]))
			return true;
	return false;
}

static void add(struct stuck *stuck, const json_t *pid)
{
	json_int_t number = json_integer_value(pid);

	if (!json_is_integer(pid) || stuck->count == PIDS_MAX)
		return;
	for (size_t i = 0; i < stuck->count; i++)
		if (stuck->pids[i] == number)
			return;
	stuck->pids[stuck->count++] = number;
}

static void add_tasks(struct stuck *stuck, const char *list)
{
	json_t *item;
	size_t i;

	json_array_foreach (json_at(stuck->report, list), i, item) {
		add(stuck, json_at(item, "task.pid"));
	}
}

static void collect(struct stuck *stuck)
{
	json_t *cycle, *pid;
	size_t i, j;

	json_array_foreach (json_at(stuck->report, "waits.cycles"), i, cycle) {
		json_array_foreach (cycle, j, pid) {
			add(stuck, pid);
		}
	}
	if (stuck->count)
		return;
	add_tasks(stuck, "waits.roots");
	add_tasks(stuck, "stuck");
	add(stuck, json_at(stuck->report, "waits.longest.task.pid"));
	if (!stuck->count)
		add(stuck, json_at(stuck->report, "crash.task.pid"));
}

static bool has_pid(const json_t *group, json_int_t pid)
{
	json_t *task;
	size_t i;

	json_array_foreach (json_at(group, "tasks"), i, task) {
		if (json_is_integer(json_at(task, "pid")) && json_integer_at(task, "pid") == pid)
			return true;
	}
	return false;
}

/* "waits for mmap_lock of java/17", by the first edge from a task. */
static void put_wait(struct str *out, const json_t *report, json_int_t pid)
{
	json_t *edge;
	size_t i;

	json_array_foreach (json_at(report, "waits.edges"), i, edge) {
		const char *lock = json_string_at(edge, "lock");

		if (!json_is_integer(json_at(edge, "from")) || json_integer_at(edge, "from") != pid)
			continue;
		if (lock)
			str_printf(out, ", waits for %s", lock);
		return;
	}
}

static void put_group(const struct page *page, const json_t *report, const json_t *group,
		      json_int_t pid)
{
	const json_t *tasks = json_at(group, "tasks");
	size_t count = json_array_size(tasks), i;
	_str_ struct str title = {0};
	json_t *task;

	json_array_foreach (tasks, i, task) {
		if (i == TASKS_NAMED)
			break;
		str_puts(&title, i ? ", " : "");
		render_task(&title, task);
	}
	if (count > TASKS_NAMED)
		str_printf(&title, " and %zu more", count - TASKS_NAMED);
	if (count == 1)
		put_wait(&title, report, pid);
	page_paragraph(page, "  ", "    ", title.data ? title.data : "?");
	render_frames(page, json_at(group, "backtrace"), "    ", FRAMES_SHOWN);
}

/* The group that a task is in; NULL where its stack is not known, or an earlier task's is the same. */
static const json_t *group_of(const struct stuck *stuck, size_t at)
{
	const json_t *group;
	size_t i;

	json_array_foreach (json_at(stuck->report, "tasks.blocked"), i, group) {
		if (!has_pid(group, stuck->pids[at]) ||
		    !json_array_size(json_at(group, "backtrace")))
			continue;
		for (size_t j = 0; j < at; j++)
			if (has_pid(group, stuck->pids[j]))
				return NULL;
		return group;
	}
	return NULL;
}

bool render_stuck(const struct page *page, const json_t *report)
{
	struct stuck stuck = {.report = report};
	size_t shown = 0, more = 0;
	char note[64];

	if (!is_messenger(report))
		return false;
	collect(&stuck);
	for (size_t i = 0; i < stuck.count; i++) {
		const json_t *group = group_of(&stuck, i);

		if (!group)
			continue;
		if (shown == STACKS_SHOWN) {
			more++;
			continue;
		}
		if (!shown++)
			page_heading(page, "Stuck tasks");
		put_group(page, report, group, stuck.pids[i]);
	}
	snprintf(note, sizeof(note), "… %zu more stacks: --stack shows them all", more);
	if (more)
		page_note(page, "  ", note);
	return shown;
}
