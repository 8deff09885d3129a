/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_OPEN_DWARF
#define TRIAGE_KERNEL_OPEN_DWARF

#include "kernel/open_options.h"
#include "kernel/types/dwarf.h"

/* dwarf_open(), of a vmlinux; what was moved out of that is asked for by its build-id. */
struct err *open_dwarf(const struct kernel_options *options, int vmlinux_fd,
		       struct type_provider **ret);

#endif
