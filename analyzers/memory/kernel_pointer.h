/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_KERNEL_POINTER
#define TRIAGE_MEMORY_KERNEL_POINTER

#include "kernel/memory/memory.h"

/* A value that may be a pointer of the kernel: in its half, and no error code such as -EINVAL. */
static inline bool kernel_pointer_is(const struct memory *memory, uint64_t value)
{
	return memory_is_kernel(memory, value) && value < -4096ull;
}

/* And the dump has memory there. */
static inline bool kernel_pointer_leads_somewhere(struct memory *memory, uint64_t value)
{
	uint8_t byte;

	return kernel_pointer_is(memory, value) && err_ok(memory_read(memory, value, &byte, 1));
}

#endif
