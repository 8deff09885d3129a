/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel may have put at a place it patches: known forms, by kind of place. */
#include "kernel/text/text_patch.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/insn/disasm.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"

#define NEAR_BITS 2
#define OPCODE_CALL 0xe8
#define OPCODE_JUMP 0xe9
#define OPCODE_SHORT_JUMP 0xeb
#define OPCODE_INT3 0xcc

struct place {
	struct kernel *kernel;
	const struct text_site *site;
	const uint8_t *expected, *found;
	uint64_t slide;
};

static unsigned distance(const uint8_t *a, const uint8_t *b, size_t length)
{
	unsigned bits = 0;

	for (size_t i = 0; i < length; i++)
		bits += (unsigned)__builtin_popcount(a[i] ^ b[i]);
	return bits;
}

static bool decode(const struct place *place, const uint8_t *code, size_t length, uint64_t address,
		   struct insn *insn)
{
	return length && disasm_one(place->kernel->disasm, code, length, address, insn);
}

static bool is_nop(const struct insn *insn)
{
	return !strncmp(insn->mnemonic, "nop", 3) ||
	       /* lea 0(%rsi),%rsi and the like: the generic long nops */
	       (insn->bytes[0] == 0x3e && insn->bytes[1] == 0x8d && insn->size == 5);
}

/*
 * Nothing but nops; or, where they are many, a jump over int3 (add_nop(), arch/x86/kernel/
 * alternative.c, since 6c480f222128 v6.4); or int3 alone, behind what does not come back.
 */
static bool is_filler(const struct place *place, const uint8_t *code, size_t length)
{
	struct insn insn;

	for (size_t i = 0; i < length; i += insn.size) {
		if (!decode(place, code + i, length - i, i, &insn))
			return false;
		if (insn.is_jump && insn.target == length)
			for (size_t j = i + insn.size; j < length; j++)
				if (code[j] != OPCODE_INT3)
					return false;
		if (insn.is_jump && insn.target == length)
			return true;
		if (!is_nop(&insn) && code[i] != OPCODE_INT3)
			return false;
	}
	return true;
}

/* May a patched call go there? To a function's first instruction, or code made at run time. */
static bool is_function(const struct place *place, uint64_t address)
{
	enum va_class where = memory_class(place->kernel->memory, address);
	struct symbol symbol;

	if (where == VA_MODULE)
		return true;
	return where == VA_IMAGE && symbols_at(place->kernel->symbols, address, &symbol) &&
	       symbol.address == address;
}

/* --- short forms ------------------------------------------------------------------------------ */

/* "e8 > > > >": a call to a function; "?" any byte. */
static const struct {
	enum text_site_kind kind;
	const char *form;
} forms[] = {
	{SITE_FTRACE, "0f 1f 44 00 00"},
	{SITE_FTRACE, "66 66 66 66 90"},
	{SITE_FTRACE, "3e 8d 74 26 00"},
	{SITE_FTRACE, "e8 > > > >"},
	{SITE_FTRACE, "e9 > > > >"},
	{SITE_FTRACE, "cc ? ? ? ?"},
	{SITE_JUMP, "0f 1f 44 00 00"},
	{SITE_JUMP, "66 66 66 66 90"},
	{SITE_JUMP, "3e 8d 74 26 00"},
	{SITE_JUMP, "cc ? ? ? ?"},
	{SITE_JUMP, "66 90"},
	{SITE_JUMP, "cc ?"},
	{SITE_STATIC_CALL, "e8 > > > >"},
	{SITE_STATIC_CALL, "e9 > > > >"},
	{SITE_STATIC_CALL, "0f 1f 44 00 00"},
	{SITE_STATIC_CALL, "66 66 66 66 90"},
	{SITE_STATIC_CALL, "2e 2e 2e 31 c0"}, /* xor %eax,%eax: __static_call_return0() */
	{SITE_STATIC_CALL, "66 66 48 31 c0"}, /* the same, in older kernels */
	{SITE_STATIC_CALL, "c3 cc cc cc cc"},
	{SITE_STATIC_CALL, "c3 90 90 90 90"},
	{SITE_STATIC_CALL, "cc ? ? ? ?"},
	{SITE_RETURN, "c3 cc cc cc cc"},
	{SITE_RETURN, "e9 > > > >"},
	{SITE_ENDBR, "f3 0f 1e fa"},
	{SITE_ENDBR, "66 0f 1f 00"}, /* the poison: a nop */
	{SITE_ENDBR, "0f 1f 40 00"},
	{SITE_ENDBR, "0f 1f 40 d6"}, /* since v6.15 */
	{SITE_LOCK, "f0"},
	{SITE_LOCK, "3e"},
};

/* The form as bytes, mask 0 for free ones; false when it is not of this length. */
static bool form_bytes(const char *form, size_t length, uint8_t *bytes, uint8_t *mask, bool *call)
{
	size_t count = 0;

	*call = false;
	for (const char *at = form; *at; at += strcspn(at, " "), at += *at == ' ') {
		uint64_t value = 0;

		if (count == length)
			return false;
		*call |= *at == '>';
		mask[count] = *at == '>' || *at == '?' ? 0 : 0xff;
		if (mask[count] && !parse_hex(at, 2, &value))
			return false;
		bytes[count++] = (uint8_t)value;
	}
	return count == length;
}

static uint64_t target_of(const uint8_t *code, uint64_t address)
{
	return address + 5 + (uint64_t)(int64_t)(int32_t)load_u32(code + 1);
}

/* Do the bytes have the form? For PATCH_NEAR, near is the form they nearly have. */
static enum text_patch check_form(const struct place *place, const char *form, uint8_t *near)
{
	size_t length = place->site->length;
	uint8_t bytes[8], mask[8];
	bool call;

	if (length > sizeof(bytes) || !form_bytes(form, length, bytes, mask, &call))
		return PATCH_OTHER;
	for (size_t i = 0; i < length; i++)
		bytes[i] = mask[i] ? bytes[i] : place->found[i];
	unsigned bits = distance(bytes, place->found, length);
	if (call && !is_function(place, target_of(place->found, place->site->address)))
		return PATCH_OTHER;
	if (!bits)
		return PATCH_KNOWN;
	/* A form with free bytes is nearly met by chance: only others count as near. */
	if (bits > NEAR_BITS || memchr(mask, 0, length))
		return PATCH_OTHER;
	memcpy(near, bytes, length);
	return PATCH_NEAR;
}

static enum text_patch check_forms(const struct place *place, uint8_t *near)
{
	enum text_patch best = PATCH_OTHER;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		if (forms[i].kind != place->site->kind)
			continue;
		enum text_patch patch = check_form(place, forms[i].form, near);
		if (patch == PATCH_KNOWN)
			return patch;
		if (patch == PATCH_NEAR)
			best = patch;
	}
	return best;
}

static enum text_patch check_jump(const struct place *place, uint8_t *near)
{
	const struct text_site *site = place->site;
	uint8_t jump[5] = {site->length == 2 ? OPCODE_SHORT_JUMP : OPCODE_JUMP};
	uint64_t distance_to = site->target - site->address - site->length;
	enum text_patch patch = check_forms(place, near);

	memcpy(jump + 1, &distance_to, 4);
	unsigned bits = distance(jump, place->found, site->length);
	if (!bits || patch == PATCH_KNOWN)
		return PATCH_KNOWN;
	if (bits > NEAR_BITS)
		return patch;
	memcpy(near, jump, site->length);
	return PATCH_NEAR;
}

/* --- forms told by their instructions --------------------------------------------------------- */

/* [lfence] call or jump through a register or to a thunk, then filler. */
static bool is_indirect(const struct place *place)
{
	size_t length = place->site->length;
	uint64_t address = place->site->address;
	struct insn insn;

	for (size_t i = 0; i < length; i += insn.size) {
		if (!decode(place, place->found + i, length - i, address + i, &insn))
			return false;
		bool branch = insn.is_call || insn.is_jump;
		if (branch && insn.target && !insn.is_conditional &&
		    !is_function(place, insn.target))
			return false;
		if (branch)
			return is_filler(place, place->found + i + insn.size,
					 length - i - insn.size) ||
			       insn.is_conditional; /* around an indirect jump: jcc; jmp *%reg */
		if (strcmp(insn.mnemonic, "lfence") != 0 && !is_nop(&insn))
			return false;
	}
	return false;
}

/* A call that counts how deep it goes: to a little before the function (callthunks.c, v6.2). */
static bool is_counted_call(const struct place *place)
{
	uint64_t meant = target_of(place->expected, place->site->address);
	uint64_t found = target_of(place->found, place->site->address);

	return place->found[0] == OPCODE_CALL && meant - found <= 32;
}

/* Whole instructions, none of which leaves the site: the native ones for a call through pv_ops. */
static bool is_native(const struct place *place)
{
	size_t length = place->site->length;
	struct insn insn;

	for (size_t i = 0; i < length; i += insn.size) {
		if (!decode(place, place->found + i, length - i, place->site->address + i, &insn) ||
		    insn.is_trap || insn.is_return)
			return false;
		if ((insn.is_call || insn.is_jump) && !is_function(place, insn.target))
			return false;
	}
	return true;
}

/* The first byte alone, or a jump over the first instructions. */
static bool is_probe(const struct place *place)
{
	return place->found[0] == OPCODE_JUMP ||
	       (place->found[0] == OPCODE_INT3 &&
		!memcmp(place->found + 1, place->expected + 1, place->site->length - 1));
}

/* --- alternatives ----------------------------------------------------------------------------- */

/* Four bytes moved by KASLR somewhere in the instruction, all else the same. */
static bool is_moved(const uint8_t *a, const uint8_t *b, size_t size, uint64_t slide)
{
	for (size_t i = 1; i + 4 <= size; i++)
		if (load_u32(b + i) - load_u32(a + i) == (uint32_t)slide && !memcmp(a, b, i) &&
		    !memcmp(a + i + 4, b + i + 4, size - i - 4))
			return true;
	return false;
}

static uint64_t relative_address(const struct insn *insn)
{
	for (unsigned i = 0; i < insn->operand_count; i++)
		if (insn->operands[i].kind == OPERAND_MEMORY && insn->operands[i].base == REG_RIP)
			return insn->address + insn->size +
			       (uint64_t)insn->operands[i].displacement;
	return 0;
}

/* The same instruction at another place. */
static bool is_same(const struct place *place, const struct insn *a, const struct insn *b)
{
	if (strcmp(a->mnemonic, b->mnemonic) != 0)
		return false;
	if (a->target && b->target && a->target == b->target)
		return true;
	if (a->size != b->size)
		return false;
	if (!memcmp(a->bytes, b->bytes, a->size))
		return true;
	if (relative_address(a) && relative_address(a) == relative_address(b))
		return true;
	return is_moved(a->bytes, b->bytes, a->size, place->slide);
}

/* Are the bytes found the given code, moved to the site or with its nops joined? */
static bool is_variant(const struct place *place, const uint8_t *code, size_t length,
		       uint64_t address)
{
	size_t total = place->site->length, i = 0;
	struct insn meant, found;

	while (i < length) {
		if (!decode(place, code + i, length - i, address + i, &meant))
			return false;
		if (is_nop(&meant)) {
			size_t end = i + meant.size;

			while (end < length &&
			       decode(place, code + end, length - end, address + end, &meant) &&
			       is_nop(&meant))
				end += meant.size;
			if (end == length)
				break; /* filler to the site's end */
			if (!is_filler(place, place->found + i, end - i))
				return false;
			i = end;
			continue;
		}
		if (!decode(place, place->found + i, total - i, place->site->address + i, &found) ||
		    !is_same(place, &meant, &found) || found.size > meant.size ||
		    !is_filler(place, place->found + i + found.size, meant.size - found.size))
			return false;
		i += meant.size;
	}
	return is_filler(place, place->found + i, total - i);
}

/* ALT_FLAG_DIRECT_CALL and its like: a call through memory became one to the function itself. */
static bool is_direct_call(const struct place *place)
{
	return place->site->length >= 5 && place->expected[0] == 0xff &&
	       place->found[0] == OPCODE_CALL &&
	       is_function(place, target_of(place->found, place->site->address)) &&
	       is_filler(place, place->found + 5, place->site->length - 5);
}

static bool is_alternative(const struct place *place)
{
	const struct text_site *site = place->site;

	return is_variant(place, place->expected, site->length, site->address) ||
	       is_variant(place, site->replacement, site->replacement_length,
			  site->replacement_address) ||
	       is_direct_call(place);
}

/* --- all -------------------------------------------------------------------------------------- */

static bool is_known(const struct place *place)
{
	switch (place->site->kind) {
	case SITE_ALTERNATIVE:
		return is_alternative(place);
	case SITE_RETPOLINE:
		return is_indirect(place);
	case SITE_CALL:
		return is_counted_call(place);
	case SITE_PARAVIRT:
		return is_native(place);
	case SITE_KPROBE:
		return is_probe(place);
	default:
		return false;
	}
}

enum text_patch text_patch_check(struct kernel *kernel, const struct text_site *site,
				 const uint8_t *expected, const uint8_t *found, uint64_t slide,
				 uint8_t *near)
{
	const struct place place = {kernel, site, expected, found, slide};
	enum text_patch patch = PATCH_OTHER;
	unsigned bits = distance(expected, found, site->length);

	if (!bits || is_known(&place))
		return PATCH_KNOWN;
	if (site->kind == SITE_JUMP)
		patch = check_jump(&place, near);
	else
		patch = check_forms(&place, near);
	if (patch != PATCH_OTHER || site->kind == SITE_OPAQUE || bits > NEAR_BITS)
		return patch;
	memcpy(near, expected, site->length);
	return PATCH_NEAR;
}
