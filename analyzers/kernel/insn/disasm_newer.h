/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_INSN_DISASM_NEWER
#define TRIAGE_KERNEL_INSN_DISASM_NEWER

#include <stddef.h>

#include "kernel/insn/insn.h"

/*
 * Instructions newer than the capstone at hand (4.0.2 of Debian 12), told by a table: control-flow
 * enforcement, FRED, SEV-SNP, TDX, direct stores, ud1 with its operand. False: the code begins with
 * none of them, or with too few of its bytes.
 */
bool disasm_newer(const uint8_t *code, size_t length, uint64_t address, struct insn *ret);

#endif
