/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may hold a spinlock: the code a CPU stands in says whether it has taken a lock and not yet
 * given it back, and often which one.
 */
#include "locks/spin_holder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/parse.h"
#include "base/str.h"
#include "kernel/dump/regs.h"
#include "kernel/locking/sleeper.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"
#include "kernel/unwind/frame.h"

enum lock_call spin_holder_classify(struct kernel *kernel, uint64_t target)
{
	struct symbol symbol;

	if (!target || !symbols_at(kernel->symbols, target, &symbol) || symbol.address != target ||
	    (!strstr(symbol.name, "spin_") && !has_prefix(symbol.name, "_raw_read_") &&
	     !has_prefix(symbol.name, "_raw_write_")))
		return CALL_OTHER;
	if (strstr(symbol.name, "unlock"))
		return CALL_UNLOCK;
	return strstr(symbol.name, "lock") ? CALL_LOCK : CALL_OTHER;
}

#define STACK_WORDS 2048
#define FRAME_MAX 16384 /* bytes; frames further apart are on different stacks */

/* Frame by frame, since an interrupt's lie on a stack of their own. */
static bool on_stack(struct kernel *kernel, const struct spin_cpu *cpu, uint64_t value)
{
	const struct frame *frames = cpu->trace.frames;
	unsigned left = STACK_WORDS;

	for (size_t i = 0; i + 1 < cpu->trace.count; i++) {
		uint64_t at = frames[i].sp & ~7ull, end = frames[i + 1].sp;

		if (end - at > FRAME_MAX)
			continue;
		for (; at + 8 <= end && left; at += 8, left--) {
			uint64_t word;

			if (!err_ok(memory_read_u64(kernel->memory, at, &word)))
				break;
			if (word == value)
				return true;
		}
	}
	return false;
}

static bool in_registers(const struct spin_cpu *cpu, uint64_t value)
{
	for (size_t i = 0; i < cpu->trace.count; i++)
		for (enum reg reg = REG_RAX; reg <= REG_R15; reg++)
			if (regs_known(&cpu->trace.frames[i].regs, reg) &&
			    cpu->trace.frames[i].regs.value[reg] == value)
				return true;
	return false;
}

static bool has_at_hand(struct kernel *kernel, const struct spin_cpu *cpu, uint64_t value)
{
	return value && (on_stack(kernel, cpu, value) || in_registers(cpu, value));
}

/* What a frame's function had taken when it made its call, as far as its code can be followed. */
static bool section_of(struct kernel *kernel, const struct frame *frame, struct symbol *symbol,
		       struct critical_section *section)
{
	const struct lock_calls calls = {.classify = spin_holder_classify};
	uint64_t stop = frame_lookup_address(frame);

	*section = (struct critical_section){0};
	if (!symbols_at(kernel->symbols, stop, symbol))
		return false;
	critical_section_follow(kernel, symbol->address, stop, &calls, section);
	return section->inside;
}

/* How sure it is that this CPU has the lock: how much of it is known, and whether it goes on. */
static double section_score(const struct critical_section *section, bool address, bool near,
			    bool stuck)
{
	if (section->known)
		return stuck ? 0.95 : 0.9;
	if (address || near)
		return (address ? 0.75 : 0.6) + (stuck ? 0.1 : 0);
	return 0.35;
}

double spin_holder_score(struct kernel *kernel, const struct spin_cpu *cpu, uint64_t lock,
			 uint64_t object, char *why, size_t size)
{
	bool address = has_at_hand(kernel, cpu, lock), stuck = cpu->function;
	bool near = !address && has_at_hand(kernel, cpu, object);
	const char *what = address ? "the lock's address" : "the address of the lock's object";
	const char *does = stuck ? "spins for another lock" : "does not spin";
	double best = address ? 0.5 : near ? 0.3 : 0;

	snprintf(why, size, "%s%s%s%s", does, address || near ? ", and has " : "",
		 address || near ? what : "",
		 address || near ? " in a register or on its stack" : "");
	for (size_t i = 0; i < cpu->trace.count; i++) {
		struct critical_section section;
		struct symbol symbol;

		if (!section_of(kernel, &cpu->trace.frames[i], &symbol, &section) ||
		    (section.known && section.lock != lock))
			continue;
		double score = section_score(&section, address, near, stuck);
		if (score <= best)
			continue;
		best = score;
		bool has = (address || near) && !section.known;
		snprintf(why, size, "%s; %s() took %s at +0x%llx and had not given it back%s%s%s",
			 does, symbol.name, section.known ? "this lock" : "a spinlock",
			 (unsigned long long)(section.call - symbol.address), has ? ", and " : "",
			 has ? what : "", has ? " is at hand" : "");
	}
	return best;
}

bool spin_holder_itself(struct kernel *kernel, const struct spin_cpu *cpu, char *why, size_t size)
{
	for (size_t i = cpu->frame + 2; i < cpu->trace.count; i++) {
		struct critical_section section;
		struct symbol symbol;

		if (!section_of(kernel, &cpu->trace.frames[i], &symbol, &section) ||
		    !section.known || section.lock != cpu->lock)
			continue;
		snprintf(why, size,
			 "spins for it; %s(), further out on the same stack, took this lock at "
			 "+0x%llx and had not given it back",
			 symbol.name, (unsigned long long)(section.call - symbol.address));
		return true;
	}
	return false;
}

#define STACKS_MAX 4096 /* whose stacks are read for that */

/* The first call on a stack whose function has the lock; NULL: none. seen: return addresses looked at before. */
static struct err *find_call(struct kernel *kernel, const struct sleeper *stack, uint64_t lock,
			     struct map *seen, const struct call **ret)
{
	*ret = NULL;
	for (unsigned i = 0; i < stack->call_count && !*ret; i++) {
		const struct call *call = &stack->calls[i];
		const struct frame frame = {.address = call->address};
		struct critical_section section;
		struct symbol symbol;

		if (map_get(seen, call->address))
			continue;
		if (!map_set(seen, call->address, 0))
			return &err_nomem;
		if (section_of(kernel, &frame, &symbol, &section) && section.known &&
		    section.lock == lock)
			*ret = call;
	}
	return NULL;
}

struct err *spin_holder_asleep(struct kernel *kernel, uint64_t lock, const struct task **ret,
			       char *why, size_t size)
{
	size_t count = MIN(tasks_count(kernel->tasks), (size_t)STACKS_MAX);
	_map_ struct map seen = {0};

	*ret = NULL;
	for (size_t i = 0; i < count && !*ret; i++) {
		const struct task *task = tasks_at(kernel->tasks, i);
		struct sleeper own = {0};
		const struct sleeper *stack =
			task->on_cpu < 0 ? sleepers_stack(kernel, task, &own) : NULL;
		const struct call *call = NULL;
		struct err *err = stack ? find_call(kernel, stack, lock, &seen, &call) : NULL;

		if (call) {
			*ret = task;
			snprintf(why, size,
				 "it is on no CPU, and %s() on its stack took this lock and had "
				 "not given it back",
				 call->function);
		}
		sleeper_deinit(&own);
		TRY(err);
	}
	return NULL;
}
