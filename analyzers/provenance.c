/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "provenance.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "finding.h"
#include "kernel/prologue.h"

#define CODE_MAX 4096	/* bytes of a function before the place of interest */
#define INSNS_MAX 1024

/* A function's code up to a place in it, and what is known of the registers there. */
struct view {
	struct symbol symbol;
	struct insn *insns;
	size_t count;
	struct regs regs;
	size_t frame; /* index in the trace */
};

struct walk {
	const struct crash *crash;
	struct provenance *result;
	uint64_t value;
	struct type used_as; /* the struct the value should point to, by a callee's parameter */
	unsigned steps;
};

/* System V: the registers of the first six integer arguments. */
static const enum reg arguments[] = {REG_RDI, REG_RSI, REG_RDX, REG_RCX, REG_R8, REG_R9};

static int argument_index(enum reg reg)
{
	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++)
		if (arguments[i] == reg)
			return (int)i;
	return -1;
}

static void step(struct walk *walk, bool proven, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void step(struct walk *walk, bool proven, const char *fmt, ...)
{
	char text[320];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	json_array_append_new(walk->result->steps,
			      json_pack("{s:i, s:o, s:s}", "step", (int)++walk->steps, "text",
					json_text0(text), "evidence",
					proven ? EVIDENCE_PROVEN : EVIDENCE_INFERRED));
}

/* Decode from the function's start up to, not including, stop. */
static bool open_view(struct kernel *kernel, uint64_t stop, struct view *view)
{
	uint8_t code[CODE_MAX];

	if (!symbols_at(kernel->symbols, stop - 1, &view->symbol) ||
	    stop - view->symbol.address > CODE_MAX ||
	    !err_ok(memory_read(kernel->memory, view->symbol.address, code,
				stop - view->symbol.address)))
		return false;
	view->insns = calloc(INSNS_MAX, sizeof(*view->insns));
	if (!view->insns)
		return false;
	for (uint64_t at = view->symbol.address; at < stop && view->count < INSNS_MAX;) {
		struct insn *insn = &view->insns[view->count];

		if (!err_ok(disasm_one(kernel->disasm, code + (at - view->symbol.address), stop - at,
				       at, insn)))
			return view->count > 0;
		at += insn->size;
		view->count++;
	}
	return true;
}

/* The last instruction before index that writes the register; -1 when none does. */
static ssize_t writer_of(const struct view *view, enum reg reg, size_t index)
{
	for (size_t i = index; i-- > 0;)
		if (view->insns[i].regs_written >> reg & 1)
			return (ssize_t)i;
	return -1;
}

static bool is_plain_move(const struct insn *insn)
{
	return !strncmp(insn->mnemonic, "mov", 3) && insn->operand_count == 2 &&
	       insn->operands[0].kind == OPERAND_REGISTER;
}

/* Value of a register at an instruction: as in the registers, when nothing wrote it after. */
static bool value_at(const struct view *view, enum reg reg, size_t index, uint64_t *ret)
{
	for (size_t i = index; i < view->count; i++)
		if (view->insns[i].regs_written >> reg & 1)
			return false;
	*ret = view->regs.value[reg];
	return regs_known(&view->regs, reg);
}

/* The parameter a register still is at this instruction, through plain moves; -1 for none. */
static int parameter_at(const struct view *view, enum reg reg, size_t index)
{
	for (unsigned hops = 0; hops < 8; hops++) {
		ssize_t writer = writer_of(view, reg, index);

		if (writer < 0)
			return argument_index(reg);
		const struct insn *insn = &view->insns[writer];
		if (!is_plain_move(insn) || insn->operands[1].kind != OPERAND_REGISTER)
			return -1;
		reg = insn->operands[1].reg;
		index = (size_t)writer;
	}
	return -1;
}

/*
 * A compiler's clone (".isra.0", ".constprop.1", ".part.2") is known to types by its plain name;
 * plain is that name. True when the clone's parameters may differ: some dropped, some replaced.
 */
static bool is_clone(const struct symbol *symbol, char *plain, size_t size)
{
	size_t length = strcspn(symbol->name, ".");

	snprintf(plain, size, "%.*s", (int)length, symbol->name);
	return symbol->name[length] == '.';
}

/* The struct or union that a parameter points to; TYPE_NONE when it does not. */
static struct type parameter_target(struct type function, size_t parameter)
{
	struct member argument;

	if (function.kind != TYPE_FUNCTION || !type_member_at(function, parameter, &argument) ||
	    argument.type.kind != TYPE_POINTER)
		return (struct type){0};
	struct type object = type_target(argument.type);
	return object.kind == TYPE_STRUCT || object.kind == TYPE_UNION ? object : (struct type){0};
}

/* The object has a pointer at this very offset, to what the value was then used as if known. */
static bool fits(const struct walk *walk, struct type object, uint64_t offset)
{
	struct member member;
	char path[96];

	if (object.kind == TYPE_NONE ||
	    !type_describe_offset(object, offset, path, sizeof(path), &member) ||
	    member.type.kind != TYPE_POINTER || member_offset(&member) != offset)
		return false;
	struct type target = type_target(member.type);
	const char *name = type_name(target), *used = type_name(walk->used_as);
	return !name || !used || !strcmp(name, used);
}

/*
 * Of a clone's original, the only parameter that may be meant: dropped ones shift those after them
 * to earlier registers, never to later ones.
 */
static struct type only_fitting(const struct walk *walk, struct type function, size_t first)
{
	struct type found = {0};

	for (size_t i = first; i < type_count(function) && i < 16; i++) {
		struct type object = parameter_target(function, i);

		if (!fits(walk, object, walk->result->offset))
			continue;
		if (found.kind != TYPE_NONE)
			return (struct type){0};
		found = object;
	}
	return found;
}

/* The object's type and the member's name, by the function's parameter. */
static void name_member(struct walk *walk, const struct view *view, int parameter)
{
	struct provenance *result = walk->result;
	char name[SYMBOL_NAME_MAX];
	struct member member;

	bool clone = is_clone(&view->symbol, name, sizeof(name));
	struct type function = types_find_symbol_in(walk->crash->kernel->types, view->symbol.module,
						    name);
	if (parameter < 0 || function.kind != TYPE_FUNCTION)
		return;
	struct type object = clone ? only_fitting(walk, function, (size_t)parameter)
				   : parameter_target(function, (size_t)parameter);
	if (object.kind == TYPE_NONE)
		return;
	type_format(object, result->type, sizeof(result->type));
	type_describe_offset(object, result->offset, result->member, sizeof(result->member),
			     &member);
	result->guessed = clone;
}

/* What the value is as this function's parameter: the struct it should point to. */
static void note_use(struct walk *walk, const struct view *view, int parameter)
{
	char name[SYMBOL_NAME_MAX];

	if (is_clone(&view->symbol, name, sizeof(name)))
		return;
	walk->used_as = parameter_target(types_find_symbol_in(walk->crash->kernel->types,
							      view->symbol.module, name),
					 (size_t)parameter);
}

/* The value was loaded from memory here: the chain's end. */
static void take_load(struct walk *walk, const struct view *view, size_t index)
{
	const struct insn *insn = &view->insns[index];
	const struct operand *source = &insn->operands[1];
	struct provenance *result = walk->result;
	uint64_t base, held;

	if (source->index < REG_COUNT || source->base >= REG_COUNT || source->gs || source->fs ||
	    !value_at(view, source->base, source->base == insn->operands[0].reg ? index : index + 1,
		      &base)) {
		step(walk, false, "%s+0x%" PRIx64 ": %s: loaded here, from an address that is lost",
		     view->symbol.name, insn->address - view->symbol.address, insn->text);
		return;
	}
	result->found = true;
	result->base = base;
	result->offset = (uint64_t)source->displacement;
	result->address = base + result->offset;
	result->held = err_ok(memory_read_u64(walk->crash->kernel->memory, result->address, &held)) &&
		       held == walk->value;
	name_member(walk, view, parameter_at(view, source->base, index));
	step(walk, result->held, "%s+0x%" PRIx64 ": %s: loaded from 0x%016" PRIx64 "%s",
	     view->symbol.name, insn->address - view->symbol.address, insn->text, result->address,
	     result->held ? ", which still holds the value" : ", which holds another value by now");
	if (result->member[0])
		step(walk, !result->guessed, "that is %s.%s, at offset %" PRIu64 "%s", result->type,
		     result->member, result->offset,
		     result->guessed ? ": the only parameter that fits, of those the compiler may "
				       "have moved"
				     : "");
}

/* Registers of the caller: the callee's, but for those its prologue saved. */
static void caller_regs(struct walk *walk, const struct view *callee, struct regs *ret)
{
	static const enum reg saved[] = {REG_RBX, REG_RBP, REG_R12, REG_R13, REG_R14, REG_R15};
	const struct trace *trace = &walk->crash->trace;
	struct kernel *kernel = walk->crash->kernel;
	uint64_t return_slot = trace->frames[callee->frame + 1].return_slot;
	struct prologue prologue;

	*ret = trace->frames[callee->frame + 1].regs;
	struct err *err = prologue_read(kernel, callee->symbol.address,
					trace->frames[callee->frame].address, &prologue);
	bool usable = !err || err->code == ERR_NOT_FOUND;
	err_free(err);
	for (size_t i = 0; usable && i < ARRAY_SIZE(saved); i++) {
		uint64_t slot = return_slot ? prologue_slot(&prologue, saved[i], return_slot) : 0;
		uint64_t value;

		if (slot && err_ok(memory_read_u64(kernel->memory, slot, &value)))
			regs_set(ret, saved[i], value);
		else if (!slot && regs_known(&callee->regs, saved[i]) &&
			 writer_of(callee, saved[i], callee->count) < 0)
			regs_set(ret, saved[i], callee->regs.value[saved[i]]);
	}
}

/* In one function: follow the register back; true when its caller has to be asked for *reg. */
static bool follow(struct walk *walk, const struct view *view, enum reg *reg)
{
	size_t index = view->count;

	for (unsigned hops = 0; hops < PROVENANCE_STEPS; hops++) {
		ssize_t writer = writer_of(view, *reg, index);

		if (writer < 0) {
			if (argument_index(*reg) < 0)
				return false;
			note_use(walk, view, argument_index(*reg));
			step(walk, true, "%s() got it as argument %d, in %s", view->symbol.name,
			     argument_index(*reg) + 1, reg_name(*reg));
			return true;
		}
		const struct insn *insn = &view->insns[writer];
		if (!is_plain_move(insn)) {
			step(walk, false, "%s+0x%" PRIx64 ": %s: computed here, the chain ends",
			     view->symbol.name, insn->address - view->symbol.address, insn->text);
			return false;
		}
		if (insn->operands[1].kind == OPERAND_MEMORY) {
			take_load(walk, view, (size_t)writer);
			return false;
		}
		if (insn->operands[1].kind != OPERAND_REGISTER)
			return false;
		*reg = insn->operands[1].reg;
		index = (size_t)writer;
	}
	return false;
}

#define CALLERS_MAX 4

struct err *provenance_trace(const struct crash *crash, enum reg reg, uint64_t value,
			     struct provenance *ret)
{
	struct walk walk = {.crash = crash, .result = ret, .value = value};
	const struct trace *trace = &crash->trace;
	struct regs regs = crash->regs;

	*ret = (struct provenance){.steps = json_array()};
	if (!ret->steps)
		return &err_nomem;
	step(&walk, true, "%s holds 0x%016" PRIx64, reg_name(reg), value);
	for (size_t i = 0; i < CALLERS_MAX && crash->frame + i < trace->count; i++) {
		const struct frame *frame = &trace->frames[crash->frame + i];
		struct view view = {.regs = regs, .frame = crash->frame + i};

		if (frame->kind == FRAME_USER || frame->kind == FRAME_ENTRY ||
		    !open_view(crash->kernel, frame->address, &view)) {
			free(view.insns);
			break;
		}
		/* The call itself is the last instruction of a caller's view. */
		view.count -= i > 0 && view.count > 0;
		bool goes_on = follow(&walk, &view, &reg) && view.frame + 1 < trace->count;
		if (goes_on)
			caller_regs(&walk, &view, &regs);
		free(view.insns);
		if (!goes_on)
			break;
	}
	return NULL;
}
