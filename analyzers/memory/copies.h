/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_COPIES
#define TRIAGE_MEMORY_COPIES

#include "finding.h"
#include "kernel/kernel.h"

struct task;

/*
 * Emit memory.copies: where in memory the bad value stands. task is the one that crashed, or NULL;
 * holder is where the value was read from, or 0. Says nothing of values as common as small numbers.
 */
struct err *copies_show(struct kernel *kernel, struct findings *findings, const struct task *task,
			uint64_t holder, uint64_t value);

#endif
