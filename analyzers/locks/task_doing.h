/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_TASK_DOING
#define TRIAGE_LOCKS_TASK_DOING

#include "base/str.h"
#include "kernel/locking/sleeper.h"

/*
 * What a task is itself doing, for a person: "running on CPU 0 in hold_it(), interrupted there by
 * an interrupt that ended in panic()", "asleep in a page fault, in lock_blkgrp_sync()". Needs
 * sleepers_of() to have been called.
 */
void task_doing(struct kernel *kernel, const struct task *task, struct str *text);

/* The same from its stack alone; for tests. */
void task_doing_stack(const struct sleeper *stack, struct str *text);

/* Is it one of the scheduler's, in which every task stands that sleeps? */
bool task_doing_is_scheduler(const char *function);
/* The function a person would name for a stack: the innermost past the scheduler. */
const char *task_doing_function(const struct sleeper *stack);
/*
 * The function in which a task that is ready lost its CPU: what the interrupt that took it away came upon, but
 * for helpers; else the innermost past the scheduler.
 */
const char *task_doing_preempted(const struct sleeper *stack);

/* Who called the lock functions, of a task that sleeps in them; NULL when not known. */
const char *task_doing_lock_caller(const struct sleeper *stack);

/* The function of the work item that this task runs, or NULL. */
const char *task_doing_work(const struct sleeper *stack);

#endif
