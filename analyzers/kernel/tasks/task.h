/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TASKS_TASK
#define TRIAGE_KERNEL_TASKS_TASK

#include <stddef.h>

#include "base/error.h"

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
	 * clock): it sleeps for at most as long. 0 unknown, or running.
	 */
	uint64_t blocked_ns;
	bool dead; /* on no list any more: what its task_struct's memory still says; pid 0: nothing */
	bool kthread;
	bool idle; /* a CPU's swapper */
};

/* It runs no more: a zombie, or gone altogether. */
static inline bool task_has_ended(const struct task *task)
{
	return task->dead || task->state == 'Z' || task->state == 'X';
}

/* Where a task that is switched out left its stack pointer (thread.sp). */
struct err *task_saved_sp(struct kernel *kernel, const struct task *task, uint64_t *ret);

/*
 * Reads one task_struct at a time, for tasks.c. A task_struct takes three pages, of which the
 * members we want touch one or two: only those stretches are read.
 */
#define TASK_STRUCT_MAX (64u << 10)
#define TASK_SPANS 16

struct task_reader {
	struct kernel *kernel;
	uint8_t *bytes; /* the last task_struct read; only the spans hold */
	size_t length;
	struct {
		size_t start, end;
	} spans[TASK_SPANS];
	unsigned span_count;
	char letters[17];    /* task_state_array: letters[0] runnable, then one a bit */
	uint64_t stack_size; /* THREAD_SIZE */
};

/* Neighbours of a task: the values of the list_heads' members, not task addresses. */
struct task_links {
	uint64_t next, prev;  /* tasks */
	uint64_t thread_next; /* thread_node, thread_group before v3.14 */
	uint64_t signal;
};

struct err *task_reader_init(struct task_reader *reader, struct kernel *kernel);
void task_reader_deinit(struct task_reader *reader);
/* ret->on_cpu, idle and blocked_ns are left for the caller; last_arrival goes into blocked_ns. */
struct err *task_reader_read(struct task_reader *reader, uint64_t address, struct task *ret,
			     struct task_links *links);

#endif
