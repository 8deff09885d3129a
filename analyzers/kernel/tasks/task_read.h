/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TASKS_TASK_READ
#define TRIAGE_KERNEL_TASKS_TASK_READ

#include "kernel/tasks/task.h"

/*
 * Reads one task_struct at a time, for task.c. A task_struct takes three pages, of which the
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
