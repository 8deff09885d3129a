/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_LIME
#define TRIAGE_KERNEL_DUMP_DUMP_LIME

#include "kernel/dump/dump_container.h"

container_open_fn lime_dump_open;

#endif
