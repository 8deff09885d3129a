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

/* The object's type and the member's name, by the function's parameter. */
static void name_member(struct walk *walk, const struct view *view, int parameter)
{
	struct kernel *kernel = walk->crash->kernel;
	struct type function = types_find_symbol(kernel->types, view->symbol.name);
	struct member argument, member;

	if (parameter < 0 || function.kind != TYPE_FUNCTION ||
	    !type_member_at(function, (size_t)parameter, &argument) ||
	    argument.type.kind != TYPE_POINTER)
		return;
	struct type object = type_target(argument.type);
	if (object.kind != TYPE_STRUCT && object.kind != TYPE_UNION)
		return;
	type_format(object, walk->result->type, sizeof(walk->result->type));
	type_describe_offset(object, walk->result->offset, walk->result->member,
			     sizeof(walk->result->member), &member);
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
		step(walk, true, "that is %s.%s, at offset %" PRIu64, result->type, result->member,
		     result->offset);
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
