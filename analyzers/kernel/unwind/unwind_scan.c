/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/unwind/unwind_state.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/prologue.h"
#include "kernel/memory/memory.h"
#include "kernel/modules/module.h"
#include "kernel/symbols/symbol.h"
#include "kernel/unwind/stacks.h"
#include "kernel/unwind/unwind.h"

/* --- code ------------------------------------------------------------------------------------- */

static bool between(struct kernel *kernel, const char *start, const char *end, uint64_t address)
{
	uint64_t low, high;

	return symbols_find(kernel->symbols, start, &low) &&
	       symbols_find(kernel->symbols, end, &high) && address >= low && address < high;
}

static bool in_module_text(const struct module *module, uint64_t address)
{
	for (unsigned i = 0; i < module->range_count; i++)
		if (module->ranges[i].text && address >= module->ranges[i].start &&
		    address < module->ranges[i].end)
			return true;
	return false;
}

bool code_is_text(struct kernel *kernel, uint64_t address)
{
	const struct module *module;

	if (!memory_is_kernel(kernel->memory, address))
		return false;
	module = kernel->modules ? modules_find(kernel->modules, address) : NULL;
	if (module)
		return in_module_text(module, address);
	return between(kernel, "_stext", "_etext", address) ||
	       between(kernel, "_sinittext", "_einittext", address);
}

bool code_is_generated(struct kernel *kernel, uint64_t address)
{
	return memory_class(kernel->memory, address) == VA_MODULE &&
	       !(kernel->modules && modules_find(kernel->modules, address));
}

/* Lengths a call's encoding can have: opcode and ModRM, with or without SIB, displacement, REX. */
static bool is_indirect_call(const uint8_t *end)
{
	static const struct {
		uint8_t length, mod;
		bool sib;
	} forms[] = {
		{2, 3, false}, {2, 0, false}, {3, 1, false}, {3, 0, true}, {4, 1, true},
		{6, 2, false}, {6, 0, false}, {7, 2, true},  {7, 0, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		const uint8_t *code = end - forms[i].length;

		if (code[0] == 0xff && (code[1] >> 3 & 7) == 2 && code[1] >> 6 == forms[i].mod &&
		    ((code[1] & 7) == 4 && forms[i].mod != 3) == forms[i].sib)
			return true;
	}
	return false;
}

bool code_follows_call(struct kernel *kernel, uint64_t address, uint64_t *target)
{
	uint8_t code[7];

	*target = 0;
	if (!err_ok(memory_read(kernel->memory, address - sizeof(code), code, sizeof(code))))
		return false;
	if (code[2] == 0xe8) {
		*target = address + (uint64_t)(int64_t)(int32_t)load_u32(code + 3);
		if (code_is_text(kernel, *target))
			return true;
		*target = 0;
	}
	return is_indirect_call(code + sizeof(code));
}

/* --- the plain scan --------------------------------------------------------------------------- */

#define SCAN_WORDS 4096 /* of one search: twice the largest stack but KASAN's */

/*
 * The next word on the stack, from address on, that is a return address: the address of code that
 * follows a call.
 */
static struct err *next_return(struct unwind_state *state, uint64_t address, uint64_t *slot,
			       uint64_t *value, uint64_t *target)
{
	address = (address + 7) & ~UINT64_C(7);
	for (unsigned i = 0; i < SCAN_WORDS; i++, address += 8) {
		if (state->stack.kind != STACK_NONE && address >= state->stack.high)
			break;
		TRY(unwind_read_word(state, address, value));
		if (!code_is_text(state->kernel, *value) ||
		    !code_follows_call(state->kernel, *value, target))
			continue;
		*slot = address;
		return NULL;
	}
	return err_at(ERR_NOT_FOUND, address, "no further return address on the stack");
}

static void returned(const struct unwind_state *state, uint64_t slot, uint64_t value,
		     enum frame_source source, struct step *ret)
{
	*ret = (struct step){.return_slot = slot, .source = source};
	regs_set(&ret->regs, REG_RIP, value);
	regs_set(&ret->regs, REG_RSP, slot + 8);
	if (regs_known(&state->regs, REG_CS))
		regs_set(&ret->regs, REG_CS, state->regs.value[REG_CS]);
}

struct err *scan_step(struct unwind_state *state, struct step *ret)
{
	uint64_t slot, value, target;

	TRY(next_return(state, state->regs.value[REG_RSP], &slot, &value, &target));
	returned(state, slot, value, FOUND_SCAN, ret);
	return NULL;
}

/* --- going on where data is missing ----------------------------------------------------------- */

/*
 * Some code has no unwind data: __crash_kexec(), in which every panic() ends, assembly, functions
 * objtool was told to leave alone. The caller's place is then the nearest return address on the
 * stack that
 *   - follows a call of this very function, and from which plain unwinding reaches an end, or else
 *   - follows a call of this very function and is good for some frames (then comes another gap),
 *     or else
 *   - follows a call through a pointer, which may have been of this function, and reaches an end:
 *     old stacks are full of such, so from there on nothing is better than a scan.
 * A call of another function proves that the address is not our caller's. What lies in between
 * belongs to the function. Its prologue tells where it saved RBP.
 */
enum rank { RANK_NONE, RANK_MAY_CALL_US, RANK_CALLS_US, RANK_BOTH };
#define ENOUGH_FRAMES 2

/* Calls through pointers go through these where Spectre is kept out (arch/x86/lib/retpoline.S). */
static bool is_thunk(struct kernel *kernel, uint64_t address)
{
	struct symbol symbol;

	return symbols_at(kernel->symbols, address, &symbol) &&
	       !strncmp(symbol.name, "__x86_", strlen("__x86_"));
}

/* RBP as the caller had it: from where the prologue saved it, else as it is. */
static void restore_rbp(struct unwind_state *state, const struct prologue *prologue, uint64_t slot,
			struct step *step)
{
	uint64_t saved = prologue_slot(prologue, REG_RBP, slot), value;

	if (saved && err_ok(unwind_read_word(state, saved, &value)))
		regs_set(&step->regs, REG_RBP, value);
	else if (!saved && regs_known(&state->regs, REG_RBP))
		regs_set(&step->regs, REG_RBP, state->regs.value[REG_RBP]);
}

static enum rank rank(const struct unwind_state *state, const struct step *step, bool calls_us)
{
	struct unwind_state copy = *state;
	unsigned frames;
	bool ends;

	if (!err_ok(unwind_apply(&copy, step)))
		return RANK_NONE;
	frames = unwind_reach(&copy, &ends);
	ends |= frames == TRACE_MAX;
	if (!calls_us)
		return ends ? RANK_MAY_CALL_US : RANK_NONE;
	if (ends)
		return RANK_BOTH;
	return frames >= ENOUGH_FRAMES ? RANK_CALLS_US : RANK_NONE;
}

static bool function_of(struct unwind_state *state, uint64_t *start, struct prologue *prologue)
{
	struct symbol symbol;

	*prologue = (struct prologue){0};
	if (!symbols_at(state->kernel->symbols, unwind_lookup_address(state), &symbol))
		return false;
	*start = symbol.address;
	/* Only its pushes are wanted; how far it was decoded does not matter. */
	err_free(prologue_read(state->kernel, symbol.address, 0, prologue));
	return true;
}

#define CANDIDATES 64

struct err *scan_resume(struct unwind_state *state, struct step *ret)
{
	uint64_t at = state->regs.value[REG_RSP], start = 0, slot, value, target;
	enum rank best = RANK_NONE;
	struct prologue prologue;
	bool known = function_of(state, &start, &prologue);

	for (unsigned i = 0; i < CANDIDATES && best < RANK_BOTH; i++, at = slot + 8) {
		struct step step;
		enum rank this;
		bool calls_us;

		if (!err_ok(next_return(state, at, &slot, &value, &target)))
			break;
		calls_us = known && target == start;
		if (!calls_us && (best || (target && !is_thunk(state->kernel, target))))
			continue;
		returned(state, slot, value, calls_us ? FOUND_RESUMED : FOUND_SCAN, &step);
		if (known)
			restore_rbp(state, &prologue, slot, &step);
		this = rank(state, &step, calls_us);
		if (this > best) {
			best = this;
			*ret = step;
		}
	}
	return best ? NULL : err_at(ERR_NOT_FOUND, at, "no place to go on from");
}
