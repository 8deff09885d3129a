/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_INSN_CODE
#define TRIAGE_KERNEL_INSN_CODE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct kernel;

/* Kernel or module code, by the bounds of their text. */
bool code_is_text(struct kernel *kernel, uint64_t address);
/* In the memory for modules, but in no module: code that BPF's compiler or a tracer made. */
bool code_is_generated(struct kernel *kernel, uint64_t address);
/* Is the address in one of these functions? */
bool code_is_in(struct kernel *kernel, uint64_t address, const char *const *functions,
		size_t count);
/*
 * Whether the instruction before an address is a call, and of what: *target is 0 for a call through
 * a pointer. What cannot be read is no call; the only error is ERR_NOMEM.
 */
struct err *code_follows_call(struct kernel *kernel, uint64_t address, bool *follows,
			      uint64_t *target);

#endif
