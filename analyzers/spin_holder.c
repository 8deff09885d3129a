/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may hold a spinlock: the code a CPU stands in says whether it has taken a lock and not yet
 * given it back, and often which one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/object.h"
#include "kernel/sleeper.h"
#include "spin.h"

#define FUNCTION_MAX 16384 /* bytes of a function looked at before the place it stopped */

enum lock_call { CALL_OTHER, CALL_LOCK, CALL_UNLOCK };

static enum lock_call classify_call(struct kernel *kernel, uint64_t target)
{
	struct symbol symbol;

	if (!target || !symbols_at(kernel->symbols, target, &symbol) || symbol.address != target ||
	    !strstr(symbol.name, "spin_"))
		return CALL_OTHER;
	if (strstr(symbol.name, "unlock"))
		return CALL_UNLOCK;
	return strstr(symbol.name, "lock") ? CALL_LOCK : CALL_OTHER;
}

/* A constant or rip-relative address loaded into RDI, the lock functions' argument. */
static bool loads_rdi(const struct insn *insn, uint64_t *value)
{
	if (!(insn->regs_written >> REG_RDI & 1) || insn->operand_count < 2)
		return false;
	const struct operand *source = &insn->operands[1];
	if (source->kind == OPERAND_IMMEDIATE) {
		*value = (uint64_t)source->immediate;
		return true;
	}
	if (source->kind == OPERAND_MEMORY && source->base == REG_RIP &&
	    !strncmp(insn->mnemonic, "lea", 3)) {
		*value = insn->address + insn->size + (uint64_t)source->displacement;
		return true;
	}
	return false;
}

struct region {
	bool inside;	    /* the last lock call has no unlock after it */
	bool known;	    /* which lock it was */
	uint64_t lock;
	uint64_t call;	    /* address of the call */
};

/* Follow the code of one function in address order up to where the CPU stopped. */
static void follow(struct kernel *kernel, uint64_t start, uint64_t stop, struct region *region)
{
	_free_ uint8_t *code = malloc(FUNCTION_MAX);
	size_t length = MIN(stop - start, FUNCTION_MAX);
	bool rdi_known = false;
	uint64_t rdi = 0;

	if (!code || !err_ok(memory_read(kernel->memory, start, code, length)))
		return;
	for (size_t at = 0; at < length;) {
		struct insn insn;

		if (!err_ok(disasm_one(kernel->disasm, code + at, length - at, start + at, &insn)))
			return;
		if (insn.is_call) {
			enum lock_call call = classify_call(kernel, insn.target);

			if (call == CALL_LOCK)
				*region = (struct region){true, rdi_known, rdi, insn.address};
			else if (call == CALL_UNLOCK)
				region->inside = false;
			rdi_known = false;
		} else if (insn.regs_written >> REG_RDI & 1) {
			rdi_known = loads_rdi(&insn, &rdi);
		}
		at += insn.size;
	}
}

#define STACK_WORDS 512

static bool on_stack(struct kernel *kernel, const struct spin_cpu *cpu, uint64_t lock)
{
	const struct frame *frames = cpu->trace.frames;
	size_t count = cpu->trace.count;
	uint64_t at = count ? frames[0].sp & ~7ull : 0;
	uint64_t end = count ? frames[count - 1].sp : 0;

	for (unsigned i = 0; i < STACK_WORDS && at < end; i++, at += 8) {
		uint64_t word;

		if (!err_ok(memory_read_u64(kernel->memory, at, &word)))
			return false;
		if (word == lock)
			return true;
	}
	return false;
}

static bool in_registers(const struct spin_cpu *cpu, uint64_t lock)
{
	for (size_t i = 0; i < cpu->trace.count; i++)
		for (enum reg reg = REG_RAX; reg <= REG_R15; reg++)
			if (regs_known(&cpu->trace.frames[i].regs, reg) &&
			    cpu->trace.frames[i].regs.value[reg] == lock)
				return true;
	return false;
}

double spin_holder_score(struct kernel *kernel, const struct spin_cpu *cpu, uint64_t lock,
			 char *why, size_t size)
{
	bool address = on_stack(kernel, cpu, lock) || in_registers(cpu, lock);
	double best = address ? 0.5 : 0;

	snprintf(why, size, "does not spin%s",
		 address ? ", and has the lock's address in a register or on its stack" : "");
	for (size_t i = 0; i < cpu->trace.count; i++) {
		uint64_t stop = frame_lookup_address(&cpu->trace.frames[i]);
		struct region region = {0};
		struct symbol symbol;

		if (!symbols_at(kernel->symbols, stop, &symbol))
			continue;
		follow(kernel, symbol.address, stop, &region);
		if (!region.inside || (region.known && region.lock != lock))
			continue;
		double score = region.known ? 0.9 : address ? 0.75 : 0.35;
		if (score <= best)
			continue;
		best = score;
		snprintf(why, size, "does not spin; %s() took %s at +0x%llx and had not given it "
				    "back%s", symbol.name, region.known ? "this lock" : "a spinlock",
			 (unsigned long long)(region.call - symbol.address),
			 address && !region.known ? ", and the lock's address is on its stack" : "");
	}
	return best;
}
