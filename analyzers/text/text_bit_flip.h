/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_TEXT_TEXT_BIT_FLIP
#define TRIAGE_TEXT_TEXT_BIT_FLIP

#include "kernel/insn/insn.h"
#include "kernel/kernel.h"

struct symbol;

/*
 * An undefined instruction that one flipped bit explains, told from the code alone: as it stands it
 * is out of step with the code after it, and with the bit restored it is in step. Inferred; a
 * comparison with the kernel's file proves it.
 */
struct text_bit_flip {
	uint64_t address;	 /* of the byte */
	uint8_t found, restored; /* the byte, and with the bit put back */
	struct insn insn;	 /* the instruction it would be */
	unsigned readings;	 /* single bits that would explain it; this one does so best */
};

/*
 * function is the symbol that holds rip. False for a ud2 as compilers write it: where the code runs
 * to no further, or the next instruction is in step with it as it stands.
 */
bool text_bit_flip_find(struct kernel *kernel, const struct symbol *function, uint64_t rip,
			struct text_bit_flip *ret);

#endif
