/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which callback a CPU waits for: the object at hand to the function that waits whose callback another
 * CPU has on its stack.
 */
#include "cpus/callback_wait.h"

#include <string.h>

#include "base/array.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/object.h"

static const struct {
	const char *function;
	enum member_id member;
	const char *words;
} waits[] = {
#define CALLBACK_WAIT(function, member, words) {function, MEMBER_##member, words},
#include "cpus/callback_waits.def"
#undef CALLBACK_WAIT
};

#define WAIT_FRAMES 6	/* from where it was stopped to the function that waits */
#define WORDS_MAX 256	/* of its stack */
#define RUNS_FRAMES 256 /* of another's */

/* The outermost frame near the end that waits, SIZE_MAX for none; and its entry of the table. */
static size_t find_frame(struct kernel *kernel, const struct cpu_state *state,
			 struct report_place *place, size_t *entry)
{
	size_t end = MIN(state->trace.count, state->at + WAIT_FRAMES), found = SIZE_MAX;
	struct report_place one;

	for (size_t i = state->at; i < end; i++) {
		if (!cpu_state_function(kernel, state, i, &one))
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(waits); j++)
			if (!strcmp(waits[j].function, one.symbol)) {
				found = i;
				*entry = j;
				*place = one;
			}
	}
	return found;
}

/* Has a CPU called the function and not come back? */
static bool is_in(struct kernel *kernel, const struct cpu_state *state, uint64_t function)
{
	size_t end = MIN(state->trace.count, (size_t)RUNS_FRAMES);
	struct symbol symbol;

	for (size_t i = state->at; i < end; i++)
		if (symbols_at(kernel->symbols, frame_lookup_address(&state->trace.frames[i]),
			       &symbol) &&
		    symbol.address == function)
			return true;
	return false;
}

/* Is a word the address of what stands for a callback that another CPU is in? */
static bool fits(struct kernel *kernel, const struct cpu_states *states,
		 const struct cpu_state *state, enum member_id member, uint64_t word,
		 struct callback_wait *ret)
{
	struct symbol symbol;
	uint64_t function;

	if (!memory_is_kernel(kernel->memory, word) ||
	    !err_ok(member_read(kernel, word, member, &function)) ||
	    !symbols_at(kernel->symbols, function, &symbol) || symbol.address != function)
		return false;
	for (size_t i = 0; i < states->count; i++)
		if (&states->list[i] != state && is_in(kernel, &states->list[i], function)) {
			ret->object = word;
			ret->function = function;
			ret->other = &states->list[i];
			return true;
		}
	return false;
}

static bool find_in_registers(struct kernel *kernel, const struct cpu_states *states,
			      const struct cpu_state *state, size_t last, enum member_id member,
			      struct callback_wait *ret)
{
	for (size_t i = state->at; i <= last; i++)
		for (enum reg reg = REG_RAX; reg <= REG_R15; reg++)
			if (regs_known(&state->trace.frames[i].regs, reg) &&
			    fits(kernel, states, state, member,
				 state->trace.frames[i].regs.value[reg], ret))
				return true;
	return false;
}

/* What the functions from the one that was stopped to the one that waits have saved. */
static bool find_on_stack(struct kernel *kernel, const struct cpu_states *states,
			  const struct cpu_state *state, size_t last, enum member_id member,
			  struct callback_wait *ret)
{
	uint64_t at = state->trace.frames[state->at].sp & ~7ull;
	uint64_t end = last + 1 < state->trace.count ? state->trace.frames[last + 1].sp : at;

	for (unsigned left = WORDS_MAX; at < end && left; at += 8, left--) {
		uint64_t word;

		if (!err_ok(memory_read_u64(kernel->memory, at, &word)))
			return false;
		if (fits(kernel, states, state, member, word, ret))
			return true;
	}
	return false;
}

void callback_wait_find(struct kernel *kernel, const struct cpu_states *states,
			const struct cpu_state *state, struct callback_wait *ret)
{
	size_t entry = 0, frame;

	*ret = (struct callback_wait){0};
	frame = find_frame(kernel, state, &ret->in, &entry);
	if (frame == SIZE_MAX)
		return;
	ret->words = waits[entry].words;
	if (members_has(kernel->members, waits[entry].member) &&
	    !find_in_registers(kernel, states, state, frame, waits[entry].member, ret))
		find_on_stack(kernel, states, state, frame, waits[entry].member, ret);
}
