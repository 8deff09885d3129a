/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Function, line and operand of a user program's crash, out of its file and debug file. */
#include "log/segfault_source.h"

#include <string.h>

#include "base/cleanup.h"
#include "kernel/insn/disasm.h"
#include "kernel/insn/disasm_around.h"
#include "kernel/insn/last_writer.h"
#include "kernel/open.h"
#include "kernel/types/dwarf_variable.h"

#define TEXT_MAX 2048 /* bytes of the function that are decoded, up to the place */
#define BEFORE 24     /* instructions in which a register's value is looked for */

struct code {
	struct insn list[BEFORE + 1];
	size_t count, at;
};

static bool read_code(struct kernel *kernel, int fd, const struct dwarf_place *place,
		      struct code *code)
{
	uint8_t text[TEXT_MAX];
	size_t at, length = dwarf_place_text(fd, place, text, sizeof(text), &at);
	struct disasm_code bytes = {text, length, place->address - at,
				    place->symbol[0] && at == place->symbol_offset};
	struct disasm_window window = {.list = code->list, .before = BEFORE};

	if (!length || !kernel->disasm ||
	    !disasm_around(kernel->disasm, &bytes, place->address, &window))
		return false;
	code->count = window.count;
	code->at = window.at;
	return true;
}

/* --- is it the file that ran? ----------------------------------------------------------------- */

/* The instruction accesses memory in the way of the error code. */
static bool is_access(const struct segfault *fault, const struct insn *insn)
{
	bool write = fault->error & SEGFAULT_WRITE;

	for (unsigned i = 0; i < insn->operand_count; i++)
		if (insn->operands[i].kind == OPERAND_MEMORY &&
		    (write ? insn->operands[i].written : insn->operands[i].read))
			return true;
	return write ? insn->writes_stack : insn->reads_stack || insn->is_return;
}

static bool fits(const struct segfault *fault, const struct segfault_source *source)
{
	return source->place.same_code ||
	       (fault->has_address && source->has_insn && is_access(fault, &source->insn));
}

/* --- what was accessed ------------------------------------------------------------------------ */

/* System V ABI for AMD64, figure 3.36; UINT_MAX: none of them. */
static unsigned dwarf_number(enum reg reg)
{
	static const enum reg order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
					 REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
					 REG_R12, REG_R13, REG_R14, REG_R15};

	for (unsigned i = 0; i < ARRAY_SIZE(order); i++)
		if (order[i] == reg)
			return i;
	return UINT32_MAX;
}

static const struct operand *memory_operand(const struct insn *insn)
{
	for (unsigned i = 0; i < insn->operand_count; i++)
		if (insn->operands[i].kind == OPERAND_MEMORY &&
		    (insn->operands[i].read || insn->operands[i].written))
			return &insn->operands[i];
	return NULL;
}

/* The base register holds a variable's value. */
static bool use_of(const struct insn *insn, const struct operand *operand, struct dwarf_use *ret)
{
	*ret = (struct dwarf_use){.address = insn->address,
				  .reg = dwarf_number(operand->base),
				  .offset = operand->displacement,
				  .indexed = operand->index != REG_NONE};
	return ret->reg != UINT32_MAX;
}

/* The base register was loaded from where a variable leads to. */
static bool use_through_load(const struct code *code, const struct operand *operand,
			     struct dwarf_use *ret)
{
	size_t i = insn_last_writer(code->list, code->at, operand->base);

	if (i == SIZE_MAX || !insn_is_load(&code->list[i], operand->base) ||
	    code->list[i].operands[1].index != REG_NONE ||
	    !use_of(&code->list[i], &code->list[i].operands[1], ret))
		return false;
	ret->loaded = true;
	ret->then = operand->displacement;
	ret->indexed = operand->index != REG_NONE;
	return true;
}

static void find_operand(int fd, const struct code *code, struct segfault_source *source)
{
	const struct insn *insn = &code->list[code->at];
	const struct operand *operand = memory_operand(insn);
	struct dwarf_use use;

	if (!operand || source->operand[0])
		return;
	if (use_of(insn, operand, &use) &&
	    dwarf_variable_use(fd, &use, source->operand, sizeof(source->operand)))
		return;
	if (use_through_load(code, operand, &use))
		dwarf_variable_use(fd, &use, source->operand, sizeof(source->operand));
}

/* --- all of it -------------------------------------------------------------------------------- */

static struct err *look_into(struct kernel *kernel, int fd, const struct segfault *fault,
			     struct segfault_source *source)
{
	struct code code = {.count = 0};

	source->has_insn = read_code(kernel, fd, &source->place, &code);
	if (source->has_insn)
		source->insn = code.list[code.at];
	source->found = fits(fault, source);
	if (!source->found || !source->has_insn)
		return NULL;
	find_operand(fd, &code, source);
	if (source->place.file[0] || !source->place.build_id[0])
		return NULL;
	_close_ int debug =
		kernel->open_file(kernel->open_file_context, OPEN_DEBUG, source->place.build_id);
	if (debug < 0)
		return NULL;
	TRY(dwarf_place_debug(debug, &source->place));
	/* Once more, from the function's beginning, which the debug file tells. */
	if (read_code(kernel, fd, &source->place, &code))
		find_operand(debug, &code, source);
	return NULL;
}

struct err *segfault_source_find(struct kernel *kernel, const struct segfault *fault,
				 struct segfault_source *ret)
{
	struct dwarf_code code = {
		fault->has_file_offset, 0,	    fault->code, fault->code_length,
		fault->code_at,		fault->size};
	bool found;

	*ret = (struct segfault_source){0};
	if (!kernel->open_file || !segfault_offset(fault, &code.offset) || segfault_is_32bit(fault))
		return NULL;
	_close_ int fd = kernel->open_file(kernel->open_file_context, OPEN_OBJECT, fault->object);
	if (fd < 0)
		return NULL;
	TRY(dwarf_place_find(fd, &code, &ret->place, &found));
	return found ? look_into(kernel, fd, fault, ret) : NULL;
}
