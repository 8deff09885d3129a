/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_CODE_USE
#define TRIAGE_KERNEL_PROBE_CODE_USE

#include "base/error.h"

struct kernel;

/*
 * Where in the struct that its first argument points to a function has something, in bytes. All are
 * false where there is no such function, its code cannot be read, or it leaves a choice.
 */

/* The only place from which it loads a value of that size. */
struct err *code_only_load(struct kernel *kernel, const char *function, unsigned size, bool *found,
			   uint64_t *offset);
/* What it takes from what a function of that name returned: "clock() - argument->clock". */
struct err *code_subtracted(struct kernel *kernel, const char *function, const char *callee,
			    bool *found, uint64_t *offset);
/* The only list_head that it initialises: both pointers are the place's own address. */
struct err *code_list_head(struct kernel *kernel, const char *function, bool *found,
			   uint64_t *offset);

#endif
