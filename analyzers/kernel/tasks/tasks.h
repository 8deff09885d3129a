/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TASKS_TASKS
#define TRIAGE_KERNEL_TASKS_TASKS

#include "kernel/tasks/task.h"

struct tasks;
#define TASKS_MAX (4u << 20) /* PID_MAX_LIMIT */

/*
 * All threads: the idle tasks, then every thread of every process. Bounded; where a list is broken
 * the walk goes on from its other end, see tasks_error().
 */
struct err *tasks_open(struct kernel *kernel, struct tasks **ret);
void tasks_close(struct tasks *tasks);
size_t tasks_count(const struct tasks *tasks);
const struct task *tasks_at(const struct tasks *tasks, size_t i);
const struct task *tasks_find(const struct tasks *tasks, uint64_t address);
/* Never an idle task: their pid 0 is one of many. */
const struct task *tasks_by_pid(const struct tasks *tasks, int32_t pid);
const struct task *tasks_on_cpu(const struct tasks *tasks, unsigned cpu); /* rq->curr */
/* The task whose stack holds the address, or NULL. */
const struct task *tasks_by_stack(const struct tasks *tasks, uint64_t address);
/* Where the lists were cut short, or NULL; owned by tasks. */
const struct err *tasks_error(const struct tasks *tasks);

#endif
