/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong in a user process, by what the kernel's lines tell. */
#include "log/segfault_class.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "kernel/insn/disasm.h"

#define NULL_REGION 0x10000ull /* mmap_min_addr's usual value: nothing is mapped below */
#define PAGE_MASK (~0xfffull)

/*
 * The stack grows, and code probes it, at most so far below the stack pointer: what the kernel let
 * pass until 1d8ca3be86eb v5.0.
 */
#define STACK_REACH 0x10000ull

bool segfault_instruction(const struct segfault *fault, struct disasm *disasm, struct insn *ret)
{
	return disasm && fault->code_at < fault->code_length && !segfault_is_32bit(fault) &&
	       disasm_one(disasm, fault->code + fault->code_at, fault->code_length - fault->code_at,
			  fault->ip, ret);
}

/* The stack pointer's own page, or what lies right below it. */
static bool is_near_stack_pointer(const struct segfault *fault)
{
	uint64_t sp = fault->sp, end = (sp & PAGE_MASK) + 0x1000;

	return sp > NULL_REGION && end > sp && fault->address < end &&
	       fault->address >= sp - MIN(sp, STACK_REACH);
}

/*
 * No page at the stack pointer: something was put there, and there was no more room; or it was read
 * (ret, pop), and the stack pointer is wrong.
 */
static const char *stack_class(const struct segfault *fault, const struct insn *insn)
{
	if (fault->error & SEGFAULT_FETCH || fault->address == fault->ip ||
	    fault->error & SEGFAULT_PRESENT || !is_near_stack_pointer(fault))
		return NULL;
	if (fault->error & SEGFAULT_WRITE)
		return "stack_overflow";
	return insn && insn->reads_stack ? "stack_pointer" : NULL;
}

static const char *error_class(const struct segfault *fault)
{
	static const struct {
		unsigned bit;
		const char *name;
	} table[] = {
		{SEGFAULT_SGX, "sgx"},
		{SEGFAULT_RESERVED, "reserved_bit"},
		{SEGFAULT_SHADOW_STACK, "shadow_stack"},
		{SEGFAULT_PKEY, "protection_key"},
		{SEGFAULT_PRESENT, "protection"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (fault->error & table[i].bit)
			return table[i].name;
	return "not_present";
}

static bool is_one_of(const struct insn *insn, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (has_prefix(insn_bare_mnemonic(insn), names[i]))
			return true;
	return false;
}

/* A general protection has no address: the instruction tells what can be wrong with it. */
static const char *protection_class(const struct insn *insn)
{
	static const char *const privileged[] = {"hlt",	  "cli",   "sti",    "in",     "out",
						 "rdmsr", "wrmsr", "lgdt",   "lidt",   "ltr",
						 "lldt",  "invd",  "wbinvd", "swapgs", "clts"};
	static const char *const aligned[] = {"movap",	 "movdqa", "movnt",	"fxsave",
					      "fxrstor", "xsave",  "xrstor",	"vmovap",
					      "vmovdqa", "vmovnt", "cmpxchg16b"};
	bool memory = insn->reads_stack || insn->is_return;

	for (unsigned i = 0; i < insn->operand_count; i++)
		memory |= insn->operands[i].kind == OPERAND_MEMORY;
	if (is_one_of(insn, aligned, ARRAY_SIZE(aligned)))
		return "misaligned"; /* or no address at all */
	if (memory)
		return "non_canonical";
	/* "inc" begins as "in" does. */
	return !insn_is(insn, "inc") && is_one_of(insn, privileged, ARRAY_SIZE(privileged))
		       ? "privileged"
		       : NULL;
}

const char *segfault_class(const struct segfault *fault, const struct insn *insn)
{
	if (!fault->has_address)
		return insn && has_prefix(fault->trap, "general protection")
			       ? protection_class(insn)
			       : NULL;
	if (fault->address < NULL_REGION)
		return "null_offset";
	if (fault->address >> 47)
		return fault->address >> 47 == 0x1ffff ? "kernel" : "non_canonical";
	const char *class = stack_class(fault, insn);
	return class ? class : error_class(fault);
}
