/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TASKS_TASKS
#define TRIAGE_KERNEL_TASKS_TASKS

#include "kernel/tasks/task.h"
#include "kernel/tasks/task_clock.h"

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
/*
 * The task that a task_struct on no list was of, for what still points there: its name and number as
 * the memory has them, where they are a task's that has exited; else without either. The caller knows
 * that a task_struct stood there. Owned by kernel->tasks, the same for the same address; NULL when
 * there are too many. ERR_NOMEM.
 */
struct err *tasks_dead(struct kernel *kernel, uint64_t address, const struct task **ret);
/* The same for one that another source tells of: a copy of it, dead. */
struct err *tasks_keep_dead(struct tasks *tasks, const struct task *task, const struct task **ret);
/* By what the times of tasks are told; see task_clock.h. Owned by tasks. */
const struct task_clock *tasks_clock(const struct tasks *tasks);
/* Where the lists were cut short, or NULL; owned by tasks. */
const struct err *tasks_error(const struct tasks *tasks);

#endif
