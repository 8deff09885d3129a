/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_RAW
#define TRIAGE_KERNEL_DUMP_DUMP_RAW

#include "kernel/dump/dump_container.h"

/* Never ERR_NOT_FOUND: ERR_INVALID for a file without a Linux kernel in it, since nobody else asks for it. */
container_open_fn raw_dump_open;

#endif
