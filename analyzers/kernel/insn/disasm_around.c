/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An instruction with its neighbours: finding where the ones before it begin. */
#include "kernel/insn/disasm_around.h"

#include <string.h>

#include "kernel/insn/disasm.h"

/*
 * x86 code falls into step: wherever decoding begins, within a few instructions it meets the real
 * ones. So of all runs of instructions that reach the address exactly, the longest is right in all
 * but its first few.
 */
#define SEARCH_BACK 96

/* Bytes of the instruction at an offset of the code; 0 when none begins there. */
static size_t length_at(struct disasm *disasm, const struct disasm_code *code, size_t offset)
{
	return disasm_length(disasm, code->bytes + offset, code->length - offset);
}

/* Does one of the instructions from the first byte on begin at target? */
static bool walks_to(struct disasm *disasm, const struct disasm_code *code, size_t target)
{
	size_t at = 0;

	while (at < target) {
		size_t size = length_at(disasm, code, at);

		if (!size)
			return false;
		at += size;
	}
	return at == target;
}

/* The offset to begin at so that an instruction begins at target; target if none is found. */
static size_t find_start(struct disasm *disasm, const struct disasm_code *code, size_t target)
{
	size_t first = target > SEARCH_BACK ? target - SEARCH_BACK : 0, best = target;
	uint8_t steps[SEARCH_BACK + 1] = {0}; /* by distance to target: length of the run + 1 */

	if (code->starts_right && walks_to(disasm, code, target))
		return 0;
	steps[0] = 1;
	for (size_t from = target; from-- > first;) {
		size_t size = length_at(disasm, code, from);
		size_t next = from + size;

		if (!size || next > target || !steps[target - next])
			continue;
		steps[target - from] = steps[target - next] + 1;
		if (steps[target - from] > steps[target - best])
			best = from;
	}
	return best;
}

static bool decode(struct disasm *disasm, const struct disasm_code *code, size_t offset,
		   struct insn *ret)
{
	return offset < code->length &&
	       disasm_one(disasm, code->bytes + offset, code->length - offset, code->start + offset,
			  ret);
}

/* The last few instructions of [from, target). */
static void add_before(struct disasm *disasm, const struct disasm_code *code, size_t from,
		       size_t target, struct disasm_window *window)
{
	struct insn insn;

	for (; window->before && from < target && decode(disasm, code, from, &insn);
	     from += insn.size) {
		if (window->count == window->before)
			memmove(window->list, window->list + 1, --window->count * sizeof(insn));
		window->list[window->count++] = insn;
	}
}

bool disasm_around(struct disasm *disasm, const struct disasm_code *code, uint64_t address,
		   struct disasm_window *window)
{
	size_t target = address - code->start;
	struct insn insn;

	window->count = window->at = 0;
	if (address < code->start || !decode(disasm, code, target, &insn))
		return false;
	add_before(disasm, code, find_start(disasm, code, target), target, window);
	window->at = window->count;
	while (window->count <= window->at + window->after && decode(disasm, code, target, &insn)) {
		window->list[window->count++] = insn;
		target += insn.size;
	}
	return true;
}
