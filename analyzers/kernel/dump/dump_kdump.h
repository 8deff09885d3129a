/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_KDUMP
#define TRIAGE_KERNEL_DUMP_DUMP_KDUMP

#include "kernel/dump/dump_container.h"

extern const struct container_ops kdump_container;

#endif
