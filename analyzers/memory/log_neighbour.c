/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One-bit neighbours of a bad value, by what a log alone tells. */
#include "memory/log_neighbour.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "memory/value.h"

/* Lower bits tell members of an object and pages of a buffer apart: 2 MiB is above most of them. */
#define BIT_FIRST 21
#define NEAR 4096	 /* bytes from another register's address: of one object */
#define POISON_SURE 0.95 /* 64 neighbours of 2^64 values: no chance */
#define NEAR_SURE 0.7	 /* data may lie at distances of a power of two by intention */
#define NULL_SURE 0.4	 /* a flag or a size looks the same */
#define CANONICAL_SURE 0.4

static bool is_kernel_address(uint64_t value)
{
	return value >> 47 == 0x1ffff && value < 0xffffffffff000000ull;
}

/* What a pointer holds on purpose, that is none. */
static bool is_poison(uint64_t value, struct value_look *look)
{
	struct value_look looks[VALUE_LOOKS_MAX];

	if (!value_looks(value, looks) || looks[0].confidence < POISON_SURE ||
	    (strcmp(looks[0].kind, "list_poison") && strcmp(looks[0].kind, "slab_poison")))
		return false;
	*look = looks[0];
	return true;
}

static enum reg near_register(const struct regs *regs, uint64_t value, uint64_t restored)
{
	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++) {
		uint64_t other = regs->value[reg];

		if (regs_known(regs, reg) && is_kernel_address(other) &&
		    other - restored + NEAR < 2 * NEAR && other - value + NEAR >= 2 * NEAR)
			return reg;
	}
	return REG_NONE;
}

static bool say(struct hypothesis *ret, double confidence, unsigned bit, uint64_t restored,
		const char *what)
{
	if (confidence <= ret->confidence)
		return false;
	*ret = (struct hypothesis){.kind = "bit_flip",
				   .confidence = confidence,
				   .bits = {bit},
				   .bit_count = 1,
				   .restored = restored};
	snprintf(ret->text, sizeof(ret->text), "bit %u flipped: 0x%016" PRIx64 " would be %s", bit,
		 restored, what);
	return true;
}

static void try_bit(const struct regs *regs, uint64_t value, unsigned bit, struct hypothesis *ret)
{
	uint64_t restored = value ^ 1ull << bit;
	struct value_look look;
	char text[80];

	if (is_poison(restored, &look))
		say(ret, POISON_SURE, bit, restored, look.text);
	else if (!restored)
		say(ret, NULL_SURE, bit, restored, "NULL");
	if (!is_kernel_address(restored) || restored % 8)
		return;
	enum reg reg = near_register(regs, value, restored);
	if (reg != REG_NONE) {
		snprintf(text, sizeof(text), "next to what %s points to", reg_name(reg));
		say(ret, NEAR_SURE, bit, restored, text);
	} else if (!is_kernel_address(value)) {
		say(ret, CANONICAL_SURE, bit, restored, "an address of the kernel");
	}
}

bool log_neighbour_find(const struct regs *regs, uint64_t value, struct hypothesis *ret)
{
	struct value_look look;

	*ret = (struct hypothesis){0};
	if (value < NEAR || is_poison(value, &look))
		return false;
	for (unsigned bit = BIT_FIRST; bit < 64; bit++)
		try_bit(regs, value, bit, ret);
	return ret->confidence > 0;
}
