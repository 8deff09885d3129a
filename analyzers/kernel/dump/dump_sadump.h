/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_SADUMP
#define TRIAGE_KERNEL_DUMP_DUMP_SADUMP

#include "kernel/dump/dump_container.h"

container_open_fn sadump_dump_open;

#endif
