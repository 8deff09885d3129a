/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_VMCOREINFO_MEMORY
#define TRIAGE_KERNEL_SYMBOLS_VMCOREINFO_MEMORY

#include "kernel/dump/vmcoreinfo.h"
#include "kernel/symbols/symbol.h"

/*
 * VMCOREINFO out of the dead kernel's memory, for dumps without the note: vmcoreinfo_data and
 * vmcoreinfo_size (kernel/vmcore_info.c, kernel/crash_core.c, kernel/kexec.c), which the kernel fills while it
 * boots. The caller frees *ret. ERR_NOT_FOUND where the kernel keeps none, ERR_CORRUPT where it is not of the
 * kernel these symbols are of.
 */
struct err *vmcoreinfo_memory_read(struct symbols *symbols, struct memory *memory,
				   struct vmcoreinfo **ret);

#endif
