/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A task as text: the one spelling of it. */
#include "kernel/tasks/task_label.h"

#include <string.h>

static void put_label(const struct task *task, int32_t number, struct str *label)
{
	str_escape(label, task->comm, strnlen(task->comm, sizeof(task->comm)));
	str_printf(label, "/%d", number);
}

void task_label(const struct task *task, struct str *label)
{
	if (task->dead && !task->pid) {
		str_puts(label, "a task that is no more");
		return;
	}
	put_label(task, task->pid, label);
}

void task_label_of_process(const struct tasks *tasks, const struct task *task, struct str *label)
{
	const struct task *leader = tasks_by_pid(tasks, task->tgid);

	put_label(leader ? leader : task, task->tgid, label);
}
