/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes in a function that are no code. */
#include "text/text_stray.h"

#include <string.h>

#include "kernel/insn/disasm.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"

#define WAY_MAX 4096u /* bytes decoded from the function's start on */
#define INSN_MAX 15u
#define RUN_MAX 16u

/*
 * One-byte opcodes of 32 bits that are undefined in 64 (Intel's manual, volume 2, appendix A). Not 0x62, 0xc4, 0xc5,
 * 0xd5: prefixes by now.
 */
static bool begins_nothing(uint8_t byte)
{
	static const uint8_t none[] = {0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37,
				       0x3f, 0x60, 0x61, 0x82, 0x9a, 0xce, 0xd4, 0xd6, 0xea};

	return memchr(none, byte, sizeof(none));
}

/* The function's instructions, from its first on, lead to this one. */
static bool is_in_step(struct kernel *kernel, const struct symbol *function, uint64_t rip)
{
	uint64_t length = rip - function->address, at = 0;
	uint8_t code[WAY_MAX + INSN_MAX];

	if (length > WAY_MAX ||
	    !err_ok(memory_read(kernel->memory, function->address, code, length + INSN_MAX)))
		return false;
	while (at < length) {
		size_t size = disasm_length(kernel->disasm, code + at, length + INSN_MAX - at);

		if (!size)
			return false;
		at += size;
	}
	return at == length;
}

unsigned text_stray_count(struct kernel *kernel, const struct symbol *function, uint64_t rip,
			  uint8_t *first)
{
	unsigned count = 0;
	uint8_t byte;

	if (!is_in_step(kernel, function, rip))
		return 0;
	for (; count < RUN_MAX; count++) {
		if (!err_ok(memory_read(kernel->memory, rip + count, &byte, 1)) ||
		    !begins_nothing(byte))
			break;
		if (!count)
			*first = byte;
	}
	return count;
}
