/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_INSN_LAST_WRITER
#define TRIAGE_KERNEL_INSN_LAST_WRITER

#include <stddef.h>

#include "kernel/insn/insn.h"

/* The instruction changes the register; a call all those that callees may change. */
bool insn_writes(const struct insn *insn, enum reg reg);
/*
 * The last of the instructions before list[at] that wrote the register; SIZE_MAX where none did, or
 * where code in between is only jumped to.
 */
size_t insn_last_writer(const struct insn *list, size_t at, enum reg reg);
/* Is this "mov memory,register"? */
bool insn_is_load(const struct insn *insn, enum reg reg);

#endif
