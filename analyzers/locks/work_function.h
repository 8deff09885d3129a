/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_WORK_FUNCTION
#define TRIAGE_LOCKS_WORK_FUNCTION

#include "kernel/kernel.h"

#define WORK_FUNCTION_SIZE 192

/* "lab_work [lab]" of a work item's function, "unknown" for what is none. */
void work_function_name(struct kernel *kernel, uint64_t function, char *buf, size_t size);

#endif
