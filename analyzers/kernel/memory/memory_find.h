/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MEMORY_MEMORY_FIND
#define TRIAGE_KERNEL_MEMORY_MEMORY_FIND

#include "kernel/memory/memory.h"

/*
 * Open the memory with *info, the dump's VMCOREINFO; NULL: it has none. Where that leads to no page table
 * that maps the kernel's text, the pages of the dump are searched for the kernel's own copy, which then
 * takes *info's place; where there is none that fits, *info is set to NULL, and registers must do. why is
 * set to what was wrong with the dump's VMCOREINFO, NULL when nothing was.
 */
struct err *memory_find(struct dump *dump, struct vmcoreinfo **info, struct memory **ret,
			struct err **why);

#endif
