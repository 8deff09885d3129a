/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells a flipped bit in an instruction by the code around it, without a file to compare with. */
#include "text/text_bit_flip.h"

#include <string.h>

#include "base/str.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"

#define FUNCTION_MAX 16384 /* bytes that are decoded to know where instructions begin */
#define STEPS 8		   /* instructions after the one at hand that have to make sense */

struct body {
	struct kernel *kernel;
	uint64_t start;
	size_t length, at; /* at: offset of the instruction at hand */
	uint8_t code[FUNCTION_MAX];
};

static bool read_body(struct body *body, const struct symbol *function, uint64_t rip)
{
	body->start = function->address;
	body->length = function->size;
	body->at = rip - function->address;
	return function->size && function->size <= FUNCTION_MAX && body->at < body->length &&
	       err_ok(memory_read(body->kernel->memory, body->start, body->code, body->length));
}

static bool decode(const struct body *body, size_t offset, struct insn *insn)
{
	return disasm_one(body->kernel->disasm, body->code + offset, body->length - offset,
			  body->start + offset, insn);
}

/* --- what compilers don't write --------------------------------------------------------------- */

static bool is_prefix(uint8_t byte)
{
	static const uint8_t prefixes[] = {0x66, 0x67, 0xf2, 0xf3, 0x2e, 0x36,
					   0x3e, 0x26, 0x64, 0x65, 0xf0};

	return memchr(prefixes, byte, sizeof(prefixes));
}

static bool uses_index(const struct insn *insn)
{
	for (unsigned i = 0; i < insn->operand_count; i++)
		if (insn->operands[i].kind == OPERAND_MEMORY && insn->operands[i].index < REG_COUNT)
			return true;
	return false;
}

/* A REX prefix that another follows has no effect; its X bit means nothing without an index. */
static bool has_idle_rex(const struct insn *insn)
{
	size_t i = 0;

	while (i + 1 < insn->size && is_prefix(insn->bytes[i]))
		i++;
	uint8_t rex = insn->bytes[i];
	if (i + 1 >= insn->size || (rex & 0xf0) != 0x40)
		return false;
	return is_prefix(insn->bytes[i + 1]) || (insn->bytes[i + 1] & 0xf0) == 0x40 ||
	       (rex & 2 && !uses_index(insn));
}

/* Begins with one of these, in AT&T syntax: not in compiled kernel code, or hardly ever. */
static bool is_odd(const char *mnemonic)
{
	static const char *const starts[] = {
		"in",	 "out",	 "lcall", "ljmp", "lret",   "enter", "loop",   "jrcxz",
		"jecxz", "xlat", "salc",  "cmc",  "rcl",    "rcr",   "lsl",    "lar",
		"bnd",	 "lss",	 "lfs",	  "lgs",  "sysret", "iret",  "wbinvd", "invd",
		"clts",	 "f",	 "arpl",  "sldt", "std",    "hlt",
	};
	static const char *const fine[] = {"inc", "fxsave", "fxrstor", "fninit", "fwait"};

	for (size_t i = 0; i < ARRAY_SIZE(fine); i++)
		if (!strncmp(mnemonic, fine[i], strlen(fine[i])))
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
		if (!strncmp(mnemonic, starts[i], strlen(starts[i])))
			return true;
	return false;
}

/* Shifts of a byte in memory: c0 and d0 with an operand few compilers ever need. */
static bool shifts_byte(const struct insn *insn)
{
	return insn->operand_count && insn->operands[0].kind == OPERAND_MEMORY &&
	       insn->operands[0].size == 1 &&
	       (insn->bytes[0] == 0xc0 || insn->bytes[0] == 0xd0 || insn->bytes[0] == 0xd2);
}

static bool is_code(const struct body *body, uint64_t address)
{
	enum va_class where = memory_class(body->kernel->memory, address);

	return where == VA_IMAGE || where == VA_MODULE;
}

/* Conditional jumps stay in the function, or go to its cold part; calls lead to functions. */
static bool leads_somewhere(const struct body *body, const struct insn *insn)
{
	struct symbol symbol;

	if (!insn->target)
		return true;
	if (insn->target - body->start < body->length)
		return !insn->is_call;
	return is_code(body, insn->target) &&
	       symbols_at(body->kernel->symbols, insn->target, &symbol) &&
	       (!insn->is_call || symbol.address == insn->target);
}

/* RIP-relative operands lead into the kernel or a module; each that does adds to *good. */
static bool reaches_data(const struct body *body, const struct insn *insn, unsigned *good)
{
	for (unsigned i = 0; i < insn->operand_count; i++) {
		const struct operand *operand = &insn->operands[i];

		if (operand->kind != OPERAND_MEMORY || operand->base != REG_RIP || operand->gs)
			continue;
		if (!is_code(body, insn->address + insn->size + (uint64_t)operand->displacement))
			return false;
		++*good;
	}
	return true;
}

static bool makes_sense(const struct body *body, const struct insn *insn, unsigned *good)
{
	static const uint8_t zeros[2];

	return !is_odd(insn->mnemonic) && !has_idle_rex(insn) && !shifts_byte(insn) &&
	       memcmp(insn->bytes, zeros, 2) != 0 && leads_somewhere(body, insn) &&
	       reaches_data(body, insn, good);
}

/* --- in step ---------------------------------------------------------------------------------- */

static bool is_padding(const struct insn *insn)
{
	return insn->bytes[0] == 0xcc || !strncmp(insn->mnemonic, "nop", 3);
}

/* Do the instructions from offset on make sense, up to the function's end or far enough? */
static bool is_in_step(const struct body *body, size_t offset, unsigned *good)
{
	bool ended = false;
	struct insn insn;

	for (unsigned i = 0; i < STEPS && offset < body->length; i++, offset += insn.size) {
		if (!decode(body, offset, &insn))
			return false;
		if (ended && is_padding(&insn))
			continue;
		if (!makes_sense(body, &insn, good))
			return false;
		ended = insn.is_return || insn.is_trap || (insn.is_jump && !insn.is_conditional);
	}
	return offset <= body->length;
}

/* Decoding from the function's first byte comes to the one at hand; last is the one before. */
static bool is_reached(const struct body *body, struct insn *last)
{
	size_t offset = 0;

	last->size = 0;
	while (offset < body->at) {
		if (!decode(body, offset, last))
			return false;
		offset += last->size;
	}
	return offset == body->at;
}

/* What follows is not run after it: a ud2 after a call or a jump is the compiler's. */
static bool ends_straight_line(const struct insn *insn)
{
	return insn->size && (insn->is_call || insn->is_return || insn->is_trap ||
			      (insn->is_jump && !insn->is_conditional));
}

/* Some jump of the function leads to this offset: the code there is reached another way. */
static bool is_jumped_to(const struct body *body, size_t target)
{
	struct insn insn;

	for (size_t offset = 0; offset < body->length; offset += insn.size) {
		if (!decode(body, offset, &insn)) {
			insn.size = 1;
			continue;
		}
		if (insn.is_jump && insn.target == body->start + target)
			return true;
	}
	return false;
}

/* A ud2 that asks a hypervisor to emulate what follows (arch/x86/include/asm/emulate_prefix.h). */
static bool is_prefix_for_emulation(const struct body *body)
{
	const uint8_t *code = body->code + body->at;

	return body->length - body->at >= 5 &&
	       (!memcmp(code, "\x0f\x0bxen", 5) || !memcmp(code, "\x0f\x0bkvm", 5));
}

/* Is the instruction, as it stands, one that a compiler or a person wrote? */
static bool is_genuine(const struct body *body, size_t size)
{
	unsigned good = 0;

	if (!size)
		return false;
	if (is_prefix_for_emulation(body))
		return true;
	return body->at + size >= body->length || is_jumped_to(body, body->at + size) ||
	       is_in_step(body, body->at + size, &good);
}

/* With the bit put back, is the instruction in step with those after it? */
static bool fits(const struct body *body, size_t byte, struct insn *insn, unsigned *good)
{
	return decode(body, body->at, insn) && body->at + insn->size > byte &&
	       body->at + insn->size < body->length && !insn->is_trap &&
	       makes_sense(body, insn, good) && is_in_step(body, body->at + insn->size, good);
}

static void try_bit(struct body *body, size_t byte, unsigned bit, unsigned *best,
		    struct text_bit_flip *ret)
{
	uint8_t found = body->code[byte];
	unsigned good = 0;
	struct insn insn;

	body->code[byte] ^= (uint8_t)(1u << bit);
	if (fits(body, byte, &insn, &good) && (!ret->readings++ || good > *best)) {
		*best = good;
		ret->address = body->start + byte;
		ret->found = found;
		ret->restored = body->code[byte];
		ret->insn = insn;
	}
	body->code[byte] = found;
}

bool text_bit_flip_find(struct kernel *kernel, const struct symbol *function, uint64_t rip,
			struct text_bit_flip *ret)
{
	_free_ struct body *body = calloc(1, sizeof(*body));
	struct insn last, found;
	unsigned best = 0;

	*ret = (struct text_bit_flip){0};
	if (!body)
		return false;
	body->kernel = kernel;
	if (!read_body(body, function, rip) || !is_reached(body, &last) ||
	    ends_straight_line(&last))
		return false;
	size_t size = decode(body, body->at, &found) ? found.size : 0;
	if (is_genuine(body, size))
		return false;
	for (size_t byte = 0; byte < (size ? size : 3) && body->at + byte < body->length; byte++)
		for (unsigned bit = 0; bit < 8; bit++)
			try_bit(body, body->at + byte, bit, &best, ret);
	return ret->readings;
}
