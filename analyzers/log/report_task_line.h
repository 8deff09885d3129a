/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_TASK_LINE
#define TRIAGE_LOG_REPORT_TASK_LINE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A task in one line, as sched_show_task() (kernel/sched/core.c) prints it. */
struct report_task_line {
	char comm[16 + 1];
	char state;	   /* R S D T t X Z P I, '?' */
	int32_t pid, tgid; /* tgid -1: not printed, before v6.3 */
};

/*
 * Read such a line: "task:sh state:D stack:0 pid:5 …" (since v5.9), "sh   D    0     5      1 0x…"
 * with or without a program counter, and 2.6.18's with the task's relatives. False for any other.
 */
bool report_task_line_read(const char *text, struct report_task_line *ret);
/* "name:123" or "name/123" that ends before end: names hold ':' and '/' themselves. */
bool report_task_name_read(const char *start, const char *end, char *comm, size_t size,
			   int32_t *pid);

#endif
