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
#include "lock_region.h"
#include "spin.h"

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
	const struct lock_calls calls = {.classify = classify_call};
	double best = address ? 0.5 : 0;

	snprintf(why, size, "does not spin%s",
		 address ? ", and has the lock's address in a register or on its stack" : "");
	for (size_t i = 0; i < cpu->trace.count; i++) {
		uint64_t stop = frame_lookup_address(&cpu->trace.frames[i]);
		struct lock_region region = {0};
		struct symbol symbol;

		if (!symbols_at(kernel->symbols, stop, &symbol))
			continue;
		lock_region_follow(kernel, symbol.address, stop, &calls, &region);
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
