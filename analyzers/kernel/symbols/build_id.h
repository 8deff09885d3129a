/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_BUILD_ID
#define TRIAGE_KERNEL_SYMBOLS_BUILD_ID

#include "kernel/dump/vmcoreinfo.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"

/*
 * The dead kernel's build-id in hex, of its own notes in memory (__start_notes, vmlinux.lds), else of
 * VMCOREINFO, which some releases have wrong (see vmlinux_check()) and those before v5.10 have none in.
 * symbols, memory and info may be NULL. False when neither tells.
 */
bool build_id_read(struct symbols *symbols, struct memory *memory, const struct vmcoreinfo *info,
		   char *buf, size_t size);

#endif
