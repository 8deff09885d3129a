/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_KDUMP
#define TRIAGE_KERNEL_DUMP_DUMP_KDUMP

#include "kernel/dump/dump_container.h"

container_open_fn kdump_dump_open;

#endif
