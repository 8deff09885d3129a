/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TASKS_TASK_LABEL
#define TRIAGE_KERNEL_TASKS_TASK_LABEL

#include "base/str.h"
#include "kernel/tasks/tasks.h"

/* "java/12862", comm made safe; "a task that is no more" where nothing says whose it was. */
void task_label(const struct task *task, struct str *label);
/* The same of its process: the leader's name and the tgid, though the leader may have gone. */
void task_label_of_process(const struct tasks *tasks, const struct task *task, struct str *label);

#endif
