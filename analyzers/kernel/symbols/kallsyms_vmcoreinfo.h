/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_KALLSYMS_VMCOREINFO
#define TRIAGE_KERNEL_SYMBOLS_KALLSYMS_VMCOREINFO

#include "kernel/dump/vmcoreinfo.h"
#include "kernel/symbols/kallsyms_read.h"

/*
 * The places VMCOREINFO names (5fd8fea935a1 and f09bddbd8661, both v6.0). ERR_NOT_FOUND when it
 * names none or not all.
 */
struct err *kallsyms_vmcoreinfo_places(const struct kallsyms_source *source,
				       const struct vmcoreinfo *info, struct kallsyms_places *ret);

#endif
