/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TASKS_TASK
#define TRIAGE_KERNEL_TASKS_TASK

#include "base/error.h"
#include "kernel/dump/regs.h"

struct kernel;

struct task {
	uint64_t address; /* of task_struct (include/linux/sched.h) */
	int32_t pid, tgid;
	char comm[16 + 1]; /* bytes as in the dump: escape before showing */
	char state;	   /* R S D T t Z X P I, '?' unknown; D without NOLOAD is "blocked" */
	uint64_t state_raw;
	uint64_t flags; /* PF_… */
	int32_t cpu;	/* last CPU, -1 unknown */
	int32_t on_cpu; /* the CPU it was running on when the machine died, else -1 */
	uint64_t stack; /* lowest address; 0 unknown, or given back already */
	uint64_t stack_size;
	uint64_t mm;	     /* 0 for kernel threads */
	uint64_t start_time; /* ns */
	/*
	 * ns since it was last given a CPU (sched_info.last_arrival against the newest runqueue
	 * clock): no less than it has been asleep. 0 unknown, or running.
	 */
	uint64_t blocked_ns;
	bool kthread;
	bool idle; /* a CPU's swapper */
};

struct tasks;
#define TASKS_MAX (4u << 20) /* PID_MAX_LIMIT */

/* All threads: the idle tasks, then every thread of every process. Bounded; a break is kept. */
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
/* Where a task that is switched out left its stack pointer (thread.sp). */
struct err *task_saved_sp(struct kernel *kernel, const struct task *task, uint64_t *ret);

#endif
