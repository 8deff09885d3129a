/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory/provenance.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "finding.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/types.h"
#include "memory/provenance_walk.h"

#define OBJECTS_MAX 2 /* gone back from the one that held the value to what led to it */
#define SMALL 0x10000 /* smaller values are in memory everywhere */

void step(struct trail *trail, bool proven, const char *fmt, ...)
{
	struct walk *walk = trail->walk;
	char text[640];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	json_array_append_new(walk->result->steps,
			      json_pack("{s:i, s:o, s:s}", "step", (int)++walk->steps, "text",
					json_escaped(text), "evidence",
					proven ? EVIDENCE_PROVEN : EVIDENCE_INFERRED));
}

/* What an instruction names without a register: "kfree", "jiffies", as objdump adds it. */
static void named(struct kernel *kernel, const struct insn *insn, char *buf, size_t size)
{
	uint64_t address = insn->is_call ? insn->target : 0;
	struct symbol symbol;

	buf[0] = '\0';
	for (unsigned i = 0; i < insn->operand_count; i++) {
		const struct operand *operand = &insn->operands[i];

		if (operand->kind == OPERAND_MEMORY && operand->base == REG_RIP && !operand->gs)
			address = insn->address + insn->size + (uint64_t)operand->displacement;
	}
	if (!address || !symbols_at(kernel->symbols, address, &symbol))
		return;
	if (address == symbol.address)
		snprintf(buf, size, " <%.100s>", symbol.name);
	else
		snprintf(buf, size, " <%.100s+0x%" PRIx64 ">", symbol.name,
			 address - symbol.address);
}

const char *where(const struct trail *trail, size_t at, char *buf, size_t size)
{
	const struct flow *flow = trail->scope->flow;
	const struct insn *insn = &flow->insns[at];
	char name[128];
	uint64_t start = at < flow->cold ? flow->symbol.address : flow->insns[flow->cold].address;

	named(trail->walk->kernel, insn, name, sizeof(name));
	snprintf(buf, size, "%.100s%s+0x%" PRIx64 ": %s%s", flow->symbol.name,
		 at < flow->cold ? "" : ".cold", insn->address - start, insn->text, name);
	return buf;
}

static struct point *here(struct trail *trail, size_t index)
{
	struct point *point = &trail->points[trail->point_count];

	*point = (struct point){trail->scope, index,
				trail->point_count ? &trail->points[trail->point_count - 1] : NULL};
	return point;
}

/* The instruction is on the way: what comes before it is looked at from there. */
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
		step(trail, trail->certain, "%s() had jumped there, and left the stack",
		     scope->flow->symbol.name);
	trail->scope = scope;
	trail->point_count = 0;
	go_to(trail, scope->at);
}

static void to_register(struct trail *trail, enum reg reg)
{
	trail->place = (struct flow_place){.reg = reg};
}

bool same_bits(const struct trail *trail, uint64_t value)
{
	return (value & trail->bits.mask) == (trail->bits.value & trail->bits.mask);
}

/* Found where it is looked for, it is no chance: enough bits, and not one of the common values. */
bool is_telling(const struct partial *bits)
{
	return __builtin_popcountll(bits->mask) >= 32 && (bits->value & bits->mask) >= SMALL &&
	       (bits->mask != UINT64_MAX || bits->value < -(uint64_t)SMALL);
}

/* --- where memory is the source --------------------------------------------------------------- */

void set_result(struct trail *trail, uint64_t base, uint64_t address, bool held)
{
	struct provenance *result = trail->walk->result;

	if (trail->objects)
		return;
	result->found = true;
	result->base = base;
	result->address = address;
	result->offset = address - base;
	result->held = held;
	result->value = trail->bits.value & trail->bits.mask;
	result->whole = trail->bits.mask == UINT64_MAX;
}

void name_member(struct trail *trail, const struct typed *typed)
{
	struct provenance *result = trail->walk->result;
	char text[256];

	if (!typed_text(typed, text, sizeof(text)))
		return;
	if (!trail->objects) {
		typed_member(typed, result->type, sizeof(result->type), result->member,
			     sizeof(result->member));
		result->guessed = typed->doubt;
	}
	step(trail, !typed->doubt, "that is %s%s%s", text, typed->doubt ? ": " : "",
	     typed->doubt ? typed->doubt : "");
}

/* " (jiffies)": the variable that an address without registers names. */
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
	/* What is relative to RIP has its name in the instruction's text. */
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
	bool held = readable && same_bits(trail, now);

	trail->certain |= held && is_telling(&trail->bits);
	variable_text(trail, operand, address->value, variable, sizeof(variable));
	step(trail, held && trail->certain, "%s: loaded from 0x%016" PRIx64 "%s%s",
	     where(trail, at, place, sizeof(place)), address->value, variable,
	     held_text(trail, readable, held));
	uint64_t base = operand->base < REG_RIP && operand->index == REG_NONE
				? address->value - (uint64_t)operand->displacement
				: address->value;
	set_result(trail, base, address->value, held);
}

/* Goes on with the object that held the value; false when there is no one register it was in. */
static bool take_object(struct trail *trail, const struct point *point,
			const struct operand *operand)
{
	struct known known;

	if (trail->objects == OBJECTS_MAX || operand->base >= REG_RIP || operand->gs ||
	    !value_of_register(trail->walk, point, operand->base, &known))
		return false;
	trail->objects++;
	trail->bits = (struct partial){known.value, UINT64_MAX};
	trail->used_as = (struct type){0};
	trail->spilled = 0;
	to_register(trail, operand->base);
	step(trail, !known.reread, "the address 0x%016" PRIx64 " was in %s", known.value,
	     reg_name(operand->base));
	return true;
}

/* A reload of what the function itself put on its stack: goes on there. */
static bool reload(struct trail *trail, size_t at, int64_t slot)
{
	uint64_t address = trail->scope->entry_sp + (uint64_t)slot, now = 0;
	char place[384];

	trail->place = (struct flow_place){.reg = REG_NONE, .slot = slot};
	trail->spilled = 0;
	if (!trail->scope->entry_sp) {
		step(trail, trail->certain, "%s: taken back from the stack",
		     where(trail, at, place, sizeof(place)));
		return true;
	}
	bool readable = err_ok(memory_read_u64(trail->walk->kernel->memory, address, &now));
	bool held = readable && same_bits(trail, now);
	trail->certain |= held && is_telling(&trail->bits);
	trail->spilled = address;
	step(trail, trail->certain, "%s: taken back from the stack at 0x%016" PRIx64 "%s",
	     where(trail, at, place, sizeof(place)), address, held_text(trail, readable, held));
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
	bool named = type_of_access(trail->walk, point, operand, trail->used_as, &typed);
	if (address_of_operand(trail->walk, point, operand, &address)) {
		show_load(trail, point->index, operand, &address);
		if (named) {
			name_member(trail, &typed);
			tell_free_pointer(trail, &typed,
					  address.value - (uint64_t)operand->displacement);
		}
		return take_object(trail, point, operand);
	}
	if (replay_loop(trail, point->index))
		return false;
	step(trail, false, "%s: loaded here, from an address that is lost",
	     where(trail, point->index, place, sizeof(place)));
	if (named)
		name_member(trail, &typed);
	return false;
}

/* --- from function to function ---------------------------------------------------------------- */

/* What a local variable held that no instruction of the function stored. */
static bool end_on_stack(struct trail *trail)
{
	int64_t slot = trail->place.slot;

	if (slot >= 8) {
		step(trail, trail->certain,
		     "%s() got it as an argument on the stack: the chain ends",
		     trail->scope->flow->symbol.name);
	} else {
		step(trail, false,
		     "%s() has it in a local variable that it never stores to itself: whoever got "
		     "a pointer to it did",
		     trail->scope->flow->symbol.name);
	}
	if (trail->spilled)
		set_result(trail, trail->spilled, trail->spilled, true);
	return false;
}

static void tell_entry(struct trail *trail)
{
	int argument = argument_index(trail->place.reg);
	const char *name = trail->scope->flow->symbol.name;

	if (argument >= 0)
		step(trail, trail->certain, "%s() got it as argument %d, in %s", name, argument + 1,
		     reg_name(trail->place.reg));
	else
		step(trail, trail->certain, "%s() has it in %s from its caller", name,
		     reg_name(trail->place.reg));
}

/* The caller's call is where to look on; false when the chain ends. */
static bool go_to_caller(struct trail *trail)
{
	struct scope *scope = trail->scope, *caller;
	enum reg reg = trail->place.reg;
	struct known known;

	if (reg == REG_NONE)
		return end_on_stack(trail);
	struct type used_as = scope_parameter(trail->walk, scope, reg);
	if (used_as.kind != TYPE_NONE)
		trail->used_as = used_as;
	tell_entry(trail);
	if (reg == REG_RAX || reg == REG_R10 || reg == REG_R11)
		return false;
	caller = scope_caller(trail->walk, scope);
	if (!caller) {
		step(trail, false, "%s(): %s, the chain ends", scope->flow->symbol.name,
		     scope->why);
		return false;
	}
	if (scope->link == LINK_POINTER) {
		trail->certain = false;
		if (!value_of_register(trail->walk, &(struct point){caller, caller->at, NULL}, reg,
				       &known) ||
		    !same_bits(trail, known.value) || !is_telling(&trail->bits)) {
			step(trail, false,
			     "%s() called it, or what jumped to it, through a pointer: the chain "
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

	where(trail, at, place, sizeof(place));
	if (trail->place.reg != REG_RAX)
		step(trail, false, "%s: the call does not keep %s, the chain ends", place,
		     reg_name(trail->place.reg));
	else if (insn->target && symbols_at(trail->walk->kernel->symbols, insn->target, &symbol))
		step(trail, false, "%s: returned by %.128s()", place, symbol.name);
	else
		step(trail, false, "%s: returned by the function called here", place);
	return false;
}

static bool end_with(struct trail *trail, bool proven, size_t at, const char *how)
{
	char place[384];

	step(trail, proven, "%s: %s", where(trail, at, place, sizeof(place)), how);
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
	step(trail, trail->certain, "%s: put there",
	     where(trail, point->index, place, sizeof(place)));
	to_register(trail, source->reg);
	return true;
}

/* A sum, mask or shift was undone: in what it came from, the value was another. */
static void tell_undone(struct trail *trail, size_t at, const struct operand *source,
			const struct partial *before)
{
	const struct insn *insn = &trail->scope->flow->insns[at];
	char place[384];

	if (insn_is(insn, "mov") && before->mask == trail->bits.mask)
		return;
	where(trail, at, place, sizeof(place));
	if (trail->bits.mask == UINT64_MAX)
		step(trail, trail->certain, "%s: made of 0x%016" PRIx64 " in %s", place,
		     trail->bits.value, source->text);
	else
		step(trail, trail->certain,
		     "%s: made of what is in %s, of which the bits 0x%" PRIx64 " are 0x%" PRIx64,
		     place, source->text, trail->bits.mask, trail->bits.value & trail->bits.mask);
}

static bool follow_undone(struct trail *trail, struct point *point)
{
	struct partial before = trail->bits;
	struct operand source;
	bool exact = true;

	switch (undo(trail->walk, point, trail->place.reg, &trail->bits, &source, &exact)) {
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
		switch (choose_way(trail, &at)) {
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
	/* movs, stos and their like move their own pointers on. */
	if (!strncmp(insn->mnemonic, "rep", 3) && insn->regs_written >> reg & 1)
		return end_with(trail, false, trail->scope->at,
				"moved on by the instruction itself, from where is lost");
	return true;
}

/* The call that led nowhere: to what its operand holds. */
static bool start_at_call(struct trail *trail)
{
	const struct insn *insn = &trail->scope->flow->insns[trail->scope->at];
	enum reg reg =
		insn->target ? thunk_register(trail->walk, insn->target) : insn->operands[0].reg;
	char place[384];

	step(trail, true, "%s: called it", where(trail, trail->scope->at, place, sizeof(place)));
	if (!insn->target && insn->operands[0].kind == OPERAND_MEMORY)
		return take_load(trail, &trail->points[0], &insn->operands[0]);
	to_register(trail, reg);
	return reg < REG_RIP;
}

struct err *provenance_trace(const struct crash *crash, enum reg reg, uint64_t value,
			     struct provenance *ret)
{
	struct walk walk = {
		.crash = crash, .kernel = crash->kernel, .result = ret, .budget = WALK_BUDGET};
	struct trail trail = {.walk = &walk, .bits = {value, UINT64_MAX}, .certain = true};
	struct scope *scope;

	*ret = (struct provenance){.steps = json_array()};
	if (!ret->steps)
		return &err_nomem;
	step(&trail, true, "%s holds 0x%016" PRIx64, reg_name(reg), value);
	_err_ struct err *err =
		reg == REG_RIP ? scope_of_call(&walk, &scope) : scope_first(&walk, &scope);
	if (err) {
		step(&trail, false, "%s: the chain ends", err->message);
	} else {
		enter(&trail, scope);
		if (reg == REG_RIP ? start_at_call(&trail) : start_at_register(&trail, reg))
			follow(&trail);
	}
	scopes_close(&walk);
	return NULL;
}
