/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_INSN_DISASM_AROUND
#define TRIAGE_KERNEL_INSN_DISASM_AROUND

#include <stddef.h>

#include "kernel/insn/insn.h"

struct disasm;

/* Code to look around in. */
struct disasm_code {
	const uint8_t *bytes;
	size_t length;
	uint64_t start;	   /* the address of the first byte */
	bool starts_right; /* an instruction is known to begin there: a function's first */
};

struct disasm_window {
	struct insn *list;    /* the caller's: room for before + 1 + after */
	size_t before, after; /* how many are wanted on either side */
	size_t count, at;     /* how many there are; the index of the one at the address */
};

/*
 * The instruction at an address with its neighbours. Decoding begins where the code does when that
 * is right, else at the place before the address from which most instructions decode and one of
 * them begins at the address exactly. Where the bytes before tell nothing, the window begins at the
 * address. False, with a count of 0, when the address is not in the code or nothing decodes there.
 */
bool disasm_around(struct disasm *disasm, const struct disasm_code *code, uint64_t address,
		   struct disasm_window *window);

#endif
