/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Works out what went into an instruction from what it left in a register. */
#include "memory/provenance_undo.h"

#include <stdio.h>
#include <string.h>

#include "kernel/dump/regs.h"
#include "kernel/insn/insn.h"
#include "kernel/memory/memory.h"
#include "memory/kernel_pointer.h"

#define ALL UINT64_MAX
#define SMALL 0x100000 /* offsets, sizes and flags are smaller; pointers are not */

static uint64_t low_bits(unsigned bytes)
{
	return bytes >= 8 ? ALL : (1ull << 8 * bytes) - 1;
}

/* Sums carry upwards, so only the low bits below the first unknown one are known. */
static uint64_t low_run(uint64_t mask)
{
	return mask == ALL ? ALL : (1ull << __builtin_ctzll(~mask)) - 1;
}

static enum undone take(struct operand *source, const struct operand *operand)
{
	*source = *operand;
	return operand->kind == OPERAND_MEMORY	    ? UNDONE_LOAD
	       : operand->kind == OPERAND_IMMEDIATE ? UNDONE_CONSTANT
						    : UNDONE;
}

static struct operand whole(enum reg reg)
{
	struct operand operand = {.kind = OPERAND_REGISTER,
				  .reg = reg,
				  .size = 8,
				  .base = REG_NONE,
				  .index = REG_NONE};

	snprintf(operand.assembly, sizeof(operand.assembly), "%%%s", reg_name(reg));
	return operand;
}

/* mov, movzx, movsx: only as many bits are known as the source has. */
static enum undone undo_move(const struct insn *insn, struct partial *bits, struct operand *source)
{
	const struct operand *from = &insn->operands[1];

	if (insn->operands[0].size < 4)
		return UNDONE_NOT; /* the rest of the register came from elsewhere */
	bits->mask &= low_bits(MIN(from->size, insn->operands[0].size));
	bits->value &= bits->mask;
	return take(source, from);
}

static enum undone undo_shift(const struct insn *insn, struct partial *bits)
{
	unsigned size = insn->operands[0].size * 8;
	unsigned n = insn->operand_count > 1 ? insn->operands[1].immediate & (size - 1) : 1;

	if (insn->operand_count > 1 && insn->operands[1].kind != OPERAND_IMMEDIATE)
		return UNDONE_NOT;
	if (insn_is(insn, "shl") || insn_is(insn, "sal"))
		*bits = (struct partial){bits->value >> n, bits->mask >> n};
	else if (insn_is(insn, "shr") || insn_is(insn, "sar"))
		*bits = (struct partial){bits->value << n, bits->mask << n};
	else if (insn_is(insn, "rol") && size == 64 && n)
		*bits = (struct partial){bits->value >> n | bits->value << (64 - n),
					 bits->mask >> n | bits->mask << (64 - n)};
	else if (insn_is(insn, "ror") && size == 64 && n)
		*bits = (struct partial){bits->value << n | bits->value >> (64 - n),
					 bits->mask << n | bits->mask >> (64 - n)};
	else
		return UNDONE_NOT;
	bits->mask &= low_bits(size / 8);
	return UNDONE;
}

static enum undone undo_one(const struct insn *insn, struct partial *bits)
{
	uint64_t sum = low_run(bits->mask);

	if (insn_is(insn, "bswap") && insn->operands[0].size == 8)
		*bits = (struct partial){__builtin_bswap64(bits->value),
					 __builtin_bswap64(bits->mask)};
	else if (insn_is(insn, "not"))
		bits->value = ~bits->value;
	else if (insn_is(insn, "neg"))
		*bits = (struct partial){-bits->value, sum};
	else if (insn_is(insn, "inc"))
		*bits = (struct partial){bits->value - 1, sum};
	else if (insn_is(insn, "dec"))
		*bits = (struct partial){bits->value + 1, sum};
	else
		return UNDONE_NOT;
	return bits->mask ? UNDONE : UNDONE_NOT;
}

/* value = before op other: solve for before, of which some bits may be lost. */
static bool invert(const struct insn *insn, uint64_t other, struct partial *bits)
{
	uint64_t sum = low_run(bits->mask);

	if (insn_is(insn, "add"))
		*bits = (struct partial){bits->value - other, sum};
	else if (insn_is(insn, "sub"))
		*bits = (struct partial){bits->value + other, sum};
	else if (insn_is(insn, "xor"))
		bits->value ^= other;
	else if (insn_is(insn, "and"))
		bits->mask &= other;
	else if (insn_is(insn, "or"))
		bits->mask &= ~other;
	else
		return false;
	bits->mask &= low_bits(insn->operands[0].size);
	return bits->mask;
}

/* Is the second part of a sum the bad one, as the first is an offset or a sound pointer? */
static bool second_matters(struct walk *walk, const struct insn *insn, uint64_t first,
			   uint64_t second)
{
	struct memory *memory = walk->kernel->memory;

	if (!insn_is(insn, "add") && !insn_is(insn, "xor"))
		return false;
	if (second < SMALL || second > -(uint64_t)SMALL)
		return false;
	return first < SMALL || (kernel_pointer_leads_somewhere(memory, first) &&
				 !kernel_pointer_leads_somewhere(memory, second));
}

/*
 * reg op= operand: work out what reg held before, or what the operand held, whichever of the two is
 * the one to follow.
 */
static enum undone undo_two(struct walk *walk, const struct point *point, struct partial *bits,
			    struct operand *source, bool *exact)
{
	const struct insn *insn = &point->scope->flow->insns[point->index];
	const struct operand *to = &insn->operands[0], *from = &insn->operands[1];
	struct known other, own;
	struct partial before = *bits;

	bool has_other = provenance_operand_value(walk, point, from, &other);
	bool has_own =
		from->kind != OPERAND_IMMEDIATE && provenance_operand_value(walk, point, to, &own);
	if (has_other && invert(insn, other.value, &before) &&
	    (from->gs ||
	     !second_matters(walk, insn, has_own ? own.value : before.value, other.value))) {
		*bits = before;
		*exact &= !other.reread;
		return take(source, to);
	}
	/* add and xor can be solved for either operand. */
	if (!has_own || (!insn_is(insn, "add") && !insn_is(insn, "xor")) ||
	    !invert(insn, own.value, bits))
		return UNDONE_NOT;
	*exact &= !own.reread;
	return take(source, from);
}

/* base + index * scale + displacement, of which one register is known and the other followed. */
static enum undone undo_lea(struct walk *walk, const struct point *point, struct partial *bits,
			    struct operand *source, bool *exact)
{
	const struct insn *insn = &point->scope->flow->insns[point->index];
	const struct operand *from = &insn->operands[1];
	uint64_t mask = low_run(bits->mask) & low_bits(insn->operands[0].size);
	struct known index = {0};

	if (from->base == REG_RIP || (from->base == REG_NONE && from->index == REG_NONE))
		return UNDONE_CONSTANT;
	if (from->base == REG_NONE || from->gs || from->fs || !mask)
		return UNDONE_NOT;
	if (from->index == from->base && from->index != REG_NONE)
		return UNDONE_NOT;
	if (from->index != REG_NONE && !provenance_register_value(walk, point, from->index, &index))
		return UNDONE_NOT;
	*bits = (struct partial){bits->value - (uint64_t)from->displacement -
					 index.value * (uint64_t)from->scale,
				 mask};
	*exact &= !index.reread;
	*source = whole(from->base);
	return UNDONE;
}

static bool is_zeroing(const struct insn *insn)
{
	const struct operand *a = &insn->operands[0], *b = &insn->operands[1];

	return (insn_is(insn, "xor") || insn_is(insn, "sub")) && insn->operand_count == 2 &&
	       b->kind == OPERAND_REGISTER && a->reg == b->reg;
}

/* The value that an exchange took out of memory, or out of the other register. */
static enum undone undo_exchange(const struct insn *insn, enum reg reg, struct operand *source)
{
	unsigned own =
		insn->operands[0].kind == OPERAND_REGISTER && insn->operands[0].reg == reg ? 0 : 1;

	if (insn->operands[own].size != 8 || insn->operand_count != 2)
		return UNDONE_NOT;
	return take(source, &insn->operands[!own]);
}

/* cmov: the operand that holds the value is the one that was taken. */
static enum undone undo_choice(struct walk *walk, const struct point *point,
			       const struct partial *bits, struct operand *source, bool *exact)
{
	const struct insn *insn = &point->scope->flow->insns[point->index];
	struct known known;

	*exact = false;
	for (unsigned i = 2; i-- > 0;) {
		if (!provenance_operand_value(walk, point, &insn->operands[i], &known))
			continue;
		bool same = (known.value & bits->mask) == bits->value;
		return take(source, &insn->operands[same ? i : !i]);
	}
	return UNDONE_NOT;
}

enum undone provenance_undo(struct walk *walk, const struct point *point, enum reg reg,
			    struct partial *bits, struct operand *source, bool *exact)
{
	static const char *const two[] = {"add", "sub", "xor", "and", "or"};
	const struct insn *insn = &point->scope->flow->insns[point->index];
	const struct operand *to = &insn->operands[0];

	if (insn_is(insn, "xchg") || insn_is(insn, "xadd"))
		return undo_exchange(insn, reg, source);
	if (insn_is(insn, "cmpxchg") && reg == REG_RAX)
		return take(source, to);
	if (insn_is(insn, "cltq")) {
		bits->mask &= low_bits(4);
		bits->value &= bits->mask;
		*source = whole(REG_RAX);
		return UNDONE;
	}
	if (!insn->operand_count || to->kind != OPERAND_REGISTER || to->reg != reg)
		return UNDONE_NOT;
	*source = *to;
	if (insn_is(insn, "lea"))
		return undo_lea(walk, point, bits, source, exact);
	if (!strncmp(insn->mnemonic, "mov", 3) && insn->operand_count == 2)
		return undo_move(insn, bits, source);
	if (!strncmp(insn->mnemonic, "cmov", 4) && to->size == 8)
		return undo_choice(walk, point, bits, source, exact);
	if (to->size < 4)
		return UNDONE_NOT;
	if (is_zeroing(insn))
		return UNDONE_CONSTANT;
	for (size_t i = 0; i < ARRAY_SIZE(two) && insn->operand_count == 2; i++)
		if (insn_is(insn, two[i]))
			return undo_two(walk, point, bits, source, exact);
	if (undo_shift(insn, bits) == UNDONE)
		return UNDONE;
	return undo_one(insn, bits);
}
