/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_UNWIND_PT_REGS
#define TRIAGE_KERNEL_UNWIND_PT_REGS

#include "kernel/dump/regs.h"
#include "kernel/kernel.h"

/* struct pt_regs (arch/x86/include/asm/ptrace.h): the registers that entry code saved. */
#define PT_REGS_SIZE_MAX 256 /* bytes: room for more than there is */

/* Its size in this kernel, at most PT_REGS_SIZE_MAX. ERR_NOT_FOUND when the type is not known. */
struct err *pt_regs_size(struct kernel *kernel, size_t *ret);
/* The registers in its bytes. */
void pt_regs_decode(struct kernel *kernel, const void *bytes, size_t length, struct regs *ret);
/* The one at an address. Errors are memory's and those of pt_regs_size(). */
struct err *pt_regs_read(struct kernel *kernel, uint64_t address, struct regs *ret);

#endif
