/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_SEGFAULT_CLASS
#define TRIAGE_LOG_SEGFAULT_CLASS

#include "kernel/insn/insn.h"
#include "log/segfault.h"

struct disasm;

/* The instruction at ip out of the "Code:" line. False: there is none, or it is 32-bit code. */
bool segfault_instruction(const struct segfault *fault, struct disasm *disasm, struct insn *ret);
/*
 * What went wrong, by the address, error code and stack pointer, and for traps by the instruction,
 * NULL unknown: "null_offset", "stack_overflow", "stack_pointer", "kernel", "non_canonical",
 * "not_present", "protection", "protection_key", "shadow_stack", "sgx", "reserved_bit";
 * "privileged", "misaligned" of a general protection. NULL: the line doesn't tell.
 */
const char *segfault_class(const struct segfault *fault, const struct insn *insn);

#endif
