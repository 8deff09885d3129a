/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_ELF
#define TRIAGE_KERNEL_DUMP_DUMP_ELF

#include "kernel/dump/dump_container.h"

container_open_fn elf_dump_open;

#endif
