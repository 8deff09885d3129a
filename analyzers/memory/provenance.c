/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Follows a bad value back, instruction by instruction, to the memory and the object it came from.
 */
#include "memory/provenance.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "finding.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/insn.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/types.h"
#include "memory/provenance_branch.h"
#include "memory/provenance_freelist.h"
#include "memory/provenance_trail.h"

#define OBJECTS_MAX 2 /* objects whose own address is followed back in turn */

static struct point *here(struct trail *trail, size_t index)
{
	struct point *point = &trail->points[trail->point_count];

	*point = (struct point){trail->scope, index,
				trail->point_count ? &trail->points[trail->point_count - 1] : NULL};
	return point;
}

/* The value came through this instruction: go on before it. */
static struct point *go_to(struct trail *trail, size_t index)
{
	struct point *point = here(trail, index);

	trail->point_count++;
	trail->index = index;
	return point;
}

static void enter(struct trail *trail, struct scope *scope)
{
	const struct scope *callee = trail->scope;

	if (callee && scope->frame == callee->frame)
		provenance_step(trail, trail->certain, "%s() had jumped there, and left the stack",
				scope->flow->symbol.name);
	trail->scope = scope;
	trail->point_count = 0;
	go_to(trail, scope->at);
}

static void to_register(struct trail *trail, enum reg reg)
{
	trail->place = (struct flow_place){.reg = reg};
}

/* --- where memory is the source --------------------------------------------------------------- */

/* " (jiffies)": the variable at an address that no register went into. */
static void variable_text(struct trail *trail, const struct operand *operand, uint64_t address,
			  char *buf, size_t size)
{
	struct kernel *kernel = trail->walk->kernel;
	struct symbol symbol;
	uint64_t variable = address;
	unsigned cpu;

	buf[0] = '\0';
	if (operand->gs && !percpu_owner(kernel, address, &cpu, &variable))
		return;
	/* An address relative to RIP has its name in the instruction's text already. */
	if ((operand->gs || operand->base == REG_NONE) && operand->index == REG_NONE &&
	    symbols_at(kernel->symbols, variable, &symbol))
		snprintf(buf, size, " (%.120s%s)", symbol.name, operand->gs ? " of its CPU" : "");
}

static const char *held_text(const struct trail *trail, bool readable, bool held)
{
	if (!readable)
		return ", which cannot be read";
	if (!held)
		return ", which holds another value by now";
	return trail->bits.mask == UINT64_MAX ? ", which still holds the value"
					      : ", which still holds these bits of it";
}

/* The value was loaded from a known address. */
static void show_load(struct trail *trail, size_t at, const struct operand *operand,
		      const struct known *address)
{
	char place[384], variable[160];
	uint64_t now = 0;
	bool readable =
		operand->size <= 8 && err_ok(memory_read_uint(trail->walk->kernel->memory,
							      address->value, operand->size, &now));
	bool held = readable && provenance_same_bits(trail, now);

	trail->certain |= held && provenance_is_telling(&trail->bits);
	variable_text(trail, operand, address->value, variable, sizeof(variable));
	provenance_step(trail, held && trail->certain, "%s: loaded from 0x%016" PRIx64 "%s%s",
			provenance_where(trail, at, place, sizeof(place)), address->value, variable,
			held_text(trail, readable, held));
	uint64_t base = operand->base < REG_RIP && operand->index == REG_NONE
				? address->value - (uint64_t)operand->displacement
				: address->value;
	provenance_set_result(trail, base, address->value, held);
}

/*
 * Go on with the address of the object that held the value. False when it was not in one register.
 */
static bool take_object(struct trail *trail, const struct point *point,
			const struct operand *operand)
{
	struct known known;

	if (trail->objects == OBJECTS_MAX || operand->base >= REG_RIP || operand->gs ||
	    !provenance_register_value(trail->walk, point, operand->base, &known))
		return false;
	trail->objects++;
	trail->bits = (struct partial){known.value, UINT64_MAX};
	trail->used_as = (struct type){0};
	trail->spilled = 0;
	to_register(trail, operand->base);
	provenance_step(trail, !known.reread, "the address 0x%016" PRIx64 " was in %s", known.value,
			reg_name(operand->base));
	return true;
}

/* The function took it back from where it had put it on its stack: go on there. */
static bool reload(struct trail *trail, size_t at, int64_t slot)
{
	uint64_t address = trail->scope->entry_sp + (uint64_t)slot, now = 0;
	char place[384];

	trail->place = (struct flow_place){.reg = REG_NONE, .slot = slot};
	trail->spilled = 0;
	if (!trail->scope->entry_sp) {
		provenance_step(trail, trail->certain, "%s: taken back from the stack",
				provenance_where(trail, at, place, sizeof(place)));
		return true;
	}
	bool readable = err_ok(memory_read_u64(trail->walk->kernel->memory, address, &now));
	bool held = readable && provenance_same_bits(trail, now);
	trail->certain |= held && provenance_is_telling(&trail->bits);
	trail->spilled = address;
	provenance_step(trail, trail->certain,
			"%s: taken back from the stack at 0x%016" PRIx64 "%s",
			provenance_where(trail, at, place, sizeof(place)), address,
			held_text(trail, readable, held));
	return true;
}

static bool same_place(const struct operand *a, const struct operand *b)
{
	return a->kind == OPERAND_MEMORY && a->base == b->base && a->index == b->index &&
	       a->scale == b->scale && a->displacement == b->displacement && a->gs == b->gs;
}

/* The code writes there itself, between the load and the call: RCU does so to its callbacks. */
static bool is_overwritten(const struct point *point, const struct operand *operand)
{
	const struct scope *scope = point->scope;

	if (operand->base >= REG_RIP || operand->index != REG_NONE ||
	    !provenance_straight(point, operand->base))
		return false;
	for (size_t i = point->index + 1; i < scope->at; i++) {
		const struct insn *insn = &scope->flow->insns[i];

		if (insn->operand_count && insn->operands[0].written &&
		    same_place(&insn->operands[0], operand))
			return true;
	}
	return false;
}

/* A step along a chain: the register that led to the next node took its place. */
static void tell_chase(struct trail *trail, const struct point *point,
		       const struct operand *operand)
{
	const struct insn *insn = &point->scope->flow->insns[point->index];

	trail->result->chases = !trail->objects && operand->base < REG_RIP &&
				operand->index == REG_NONE &&
				insn->regs_written & 1u << operand->base;
	trail->result->chased = operand->displacement;
}

/*
 * The address, where the base is lost by one of several ways alone, and the straight one to a call that led nowhere
 * keeps it.
 */
static bool straight_address(const struct trail *trail, const struct point *point,
			     const struct operand *operand, struct known *ret)
{
	const struct scope *scope = point->scope;

	if (trail->objects || scope != &trail->walk->scopes[0] || operand->base >= REG_RIP ||
	    operand->index != REG_NONE || operand->gs || !regs_known(&scope->regs, operand->base) ||
	    !provenance_straight(point, operand->base))
		return false;
	*ret = (struct known){scope->regs.value[operand->base] + (uint64_t)operand->displacement,
			      true};
	return true;
}

static bool take_load(struct trail *trail, struct point *point, const struct operand *operand)
{
	char place[384];
	struct known address;
	struct typed typed;
	int64_t slot;

	if (operand->size == 8 && flow_slot(trail->scope->flow, point->index, operand, &slot))
		return reload(trail, point->index, slot);
	bool named = provenance_type_of_access(trail->walk, point, operand, trail->used_as, &typed);
	if (provenance_operand_address(trail->walk, point, operand, &address) ||
	    straight_address(trail, point, operand, &address)) {
		show_load(trail, point->index, operand, &address);
		if (!trail->objects && !trail->result->held && is_overwritten(point, operand)) {
			trail->result->overwritten = true;
			provenance_step(trail, false, "the code has written there since");
		}
		if (named) {
			provenance_name_member(trail, &typed);
			provenance_tell_free_pointer(
				trail, &typed, address.value - (uint64_t)operand->displacement);
		}
		return take_object(trail, point, operand);
	}
	if (provenance_replay_loop(trail, point->index))
		return false;
	provenance_step(trail, false, "%s: loaded here, from an address that is lost",
			provenance_where(trail, point->index, place, sizeof(place)));
	if (named)
		provenance_name_member(trail, &typed);
	tell_chase(trail, point, operand);
	return false;
}

/* --- from function to function ---------------------------------------------------------------- */

/* It was on the stack, but no instruction of the function stored it there. */
static bool end_on_stack(struct trail *trail)
{
	int64_t slot = trail->place.slot;

	if (slot >= 8) {
		provenance_step(trail, trail->certain,
				"%s() got it as an argument on the stack: the chain ends",
				trail->scope->flow->symbol.name);
	} else {
		provenance_step(trail, false,
				"%s() has it in a local variable that it never stores to itself: "
				"whoever got "
				"a pointer to it did",
				trail->scope->flow->symbol.name);
	}
	if (trail->spilled)
		provenance_set_result(trail, trail->spilled, trail->spilled, true);
	return false;
}

static void tell_entry(struct trail *trail)
{
	int argument = provenance_argument_index(trail->place.reg);
	const char *name = trail->scope->flow->symbol.name;

	if (argument >= 0)
		provenance_step(trail, trail->certain, "%s() got it as argument %d, in %s", name,
				argument + 1, reg_name(trail->place.reg));
	else
		provenance_step(trail, trail->certain, "%s() has it in %s from its caller", name,
				reg_name(trail->place.reg));
}

/* Go on at the caller's call; false when the chain ends. */
static bool go_to_caller(struct trail *trail)
{
	struct scope *scope = trail->scope, *caller;
	enum reg reg = trail->place.reg;
	struct known known;

	if (reg == REG_NONE)
		return end_on_stack(trail);
	struct type used_as = provenance_parameter(trail->walk, scope, reg);
	if (used_as.kind != TYPE_NONE)
		trail->used_as = used_as;
	tell_entry(trail);
	if (reg == REG_RAX || reg == REG_R10 || reg == REG_R11)
		return false;
	caller = provenance_caller(trail->walk, scope);
	if (!caller) {
		provenance_step(trail, false, "%s(): %s, the chain ends", scope->flow->symbol.name,
				scope->why);
		return false;
	}
	if (scope->link == LINK_POINTER) {
		trail->certain = false;
		if (!provenance_register_value(
			    trail->walk, &(struct point){caller, caller->at, NULL}, reg, &known) ||
		    !provenance_same_bits(trail, known.value) ||
		    !provenance_is_telling(&trail->bits)) {
			provenance_step(trail, false,
					"%s() called it, or what jumped to it, through a pointer: "
					"the chain "
					"ends",
					caller->flow->symbol.name);
			return false;
		}
	}
	enter(trail, caller);
	return true;
}

/* --- within a function ------------------------------------------------------------------------ */

static bool end_at_call(struct trail *trail, size_t at)
{
	const struct insn *insn = &trail->scope->flow->insns[at];
	struct symbol symbol;
	char place[384];

	provenance_where(trail, at, place, sizeof(place));
	if (trail->place.reg != REG_RAX)
		provenance_step(trail, false, "%s: the call does not keep %s, the chain ends",
				place, reg_name(trail->place.reg));
	else if (insn->target && symbols_at(trail->walk->kernel->symbols, insn->target, &symbol))
		provenance_step(trail, false, "%s: returned by %.128s()", place, symbol.name);
	else
		provenance_step(trail, false, "%s: returned by the function called here", place);
	return false;
}

static bool end_with(struct trail *trail, bool proven, size_t at, const char *how)
{
	char place[384];

	provenance_step(trail, proven, "%s: %s", provenance_where(trail, at, place, sizeof(place)),
			how);
	return false;
}

/* The stack slot was stored to here. */
static bool follow_store(struct trail *trail, struct point *point)
{
	const struct operand *source;
	int64_t slot;

	if (!flow_store(trail->scope->flow, point->index, &slot, &source) ||
	    slot != trail->place.slot || source->kind == OPERAND_MEMORY)
		return end_with(trail, false, point->index, "written here, the chain ends");
	if (source->kind == OPERAND_IMMEDIATE)
		return end_with(trail, trail->certain, point->index, "a constant of the code");
	char place[384];
	provenance_step(trail, trail->certain, "%s: put there",
			provenance_where(trail, point->index, place, sizeof(place)));
	to_register(trail, source->reg);
	return true;
}

/* Say what the value was before a sum, mask or shift. */
static void tell_undone(struct trail *trail, size_t at, const struct operand *source,
			const struct partial *before)
{
	const struct insn *insn = &trail->scope->flow->insns[at];
	char place[384];

	if (insn_is(insn, "mov") && before->mask == trail->bits.mask)
		return;
	provenance_where(trail, at, place, sizeof(place));
	if (trail->bits.mask == UINT64_MAX)
		provenance_step(trail, trail->certain, "%s: made of 0x%016" PRIx64 " in %s", place,
				trail->bits.value, source->assembly);
	else
		provenance_step(trail, trail->certain,
				"%s: made of what is in %s, of which the bits 0x%" PRIx64
				" are 0x%" PRIx64,
				place, source->assembly, trail->bits.mask,
				trail->bits.value & trail->bits.mask);
}

static bool follow_undone(struct trail *trail, struct point *point)
{
	struct partial before = trail->bits;
	struct operand source;
	bool exact = true;

	switch (provenance_undo(trail->walk, point, trail->place.reg, &trail->bits, &source,
				&exact)) {
	case UNDONE:
		trail->certain &= exact;
		tell_undone(trail, point->index, &source, &before);
		to_register(trail, source.reg);
		return source.reg < REG_RIP;
	case UNDONE_LOAD:
		trail->certain &= exact;
		return take_load(trail, point, &source);
	case UNDONE_CONSTANT:
		return end_with(trail, trail->certain, point->index, "a constant of the code");
	default:
		if (!strncmp(trail->scope->flow->insns[point->index].mnemonic, "cmov", 4))
			return end_with(trail, false, point->index,
					"one of two, chosen by a condition: the chain ends");
		return end_with(trail, false, point->index, "computed here, the chain ends");
	}
}

/* One instruction back; false when the chain ends. */
static bool follow_insn(struct trail *trail, size_t at)
{
	struct point *point = go_to(trail, at);
	const struct insn *insn = &trail->scope->flow->insns[at];
	int64_t depth;

	if (trail->place.reg == REG_NONE)
		return follow_store(trail, point);
	if (insn->is_call)
		return end_at_call(trail, at);
	if (insn_is(insn, "pop") && flow_depth(trail->scope->flow, at, &depth))
		return reload(trail, at, -depth);
	return follow_undone(trail, point);
}

static void follow(struct trail *trail)
{
	for (unsigned i = 0; i < PROVENANCE_STEPS; i++) {
		bool on = false;
		size_t at;

		if (trail->point_count > PROVENANCE_STEPS)
			return;
		switch (provenance_choose_way(trail, &at)) {
		case WAY_HERE:
			on = follow_insn(trail, at);
			break;
		case WAY_CALLER:
			on = go_to_caller(trail);
			break;
		default:
			return;
		}
		if (!on)
			return;
	}
}

static bool start_at_register(struct trail *trail, enum reg reg)
{
	const struct insn *insn = &trail->scope->flow->insns[trail->scope->at];

	to_register(trail, reg);
	/* movs, stos and their like advance their own pointers. */
	if (!strncmp(insn->mnemonic, "rep", 3) && insn->regs_written >> reg & 1)
		return end_with(trail, false, trail->scope->at,
				"moved on by the instruction itself, from where is lost");
	return true;
}

/* The call itself led nowhere: follow what its operand holds. */
static bool start_at_call(struct trail *trail)
{
	const struct insn *insn = &trail->scope->flow->insns[trail->scope->at];
	enum reg reg = insn->target ? provenance_thunk_register(trail->walk, insn->target)
				    : insn->operands[0].reg;
	char place[384];

	provenance_step(trail, true, "%s: called it",
			provenance_where(trail, trail->scope->at, place, sizeof(place)));
	if (!insn->target && insn->operands[0].kind == OPERAND_MEMORY)
		return take_load(trail, &trail->points[0], &insn->operands[0]);
	to_register(trail, reg);
	return reg < REG_RIP;
}

void provenance_trace(const struct crash *crash, enum reg reg, uint64_t value,
		      struct bad_value *ret)
{
	struct walk walk = {.crash = crash, .kernel = crash->kernel, .budget = WALK_BUDGET};
	struct trail trail = {
		.walk = &walk, .result = ret, .bits = {value, UINT64_MAX}, .certain = true};
	struct scope *scope;

	*ret = (struct bad_value){0};
	provenance_step(&trail, true, "%s holds 0x%016" PRIx64, reg_name(reg), value);
	_err_ struct err *err = reg == REG_RIP ? provenance_scope_of_call(&walk, &scope)
					       : provenance_scope_first(&walk, &scope);
	if (err) {
		provenance_step(&trail, false, "%s: the chain ends", err->message);
	} else {
		enter(&trail, scope);
		if (reg == REG_RIP ? start_at_call(&trail) : start_at_register(&trail, reg))
			follow(&trail);
	}
	provenance_scopes_close(&walk);
}

bool provenance_pointer_called(const struct crash *crash, uint64_t *ret)
{
	struct walk walk = {.crash = crash, .kernel = crash->kernel, .budget = WALK_BUDGET};
	struct scope *scope;
	bool found = false;

	if (err_ok(provenance_scope_of_call(&walk, &scope))) {
		uint64_t target = scope->flow->insns[scope->at].target;

		found = (!target || provenance_thunk_register(&walk, target) != REG_NONE) &&
			provenance_call_target(&walk, scope, ret);
	}
	provenance_scopes_close(&walk);
	return found;
}
