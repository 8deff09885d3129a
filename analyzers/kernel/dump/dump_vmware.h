/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_VMWARE
#define TRIAGE_KERNEL_DUMP_DUMP_VMWARE

#include "kernel/dump/dump_container.h"

/* The memory may be in a second file, the .vmem; without that ERR_UNSUPPORTED, which says what is missing. */
container_open_fn vmware_dump_open;

#endif
