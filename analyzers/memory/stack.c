/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: what overwrote the canary of a function's frame, from where to where, and the buffer it
 *   began in, where __stack_chk_fail() stopped the machine.
 * Needs: symbols, types, stacks.
 * False positives: bytes that look alike by chance lengthen the stretch; the buffer is the nearest one
 *   below it whose address the code takes.
 * Kernel commits: the canary is at %gs:40, or a per-CPU variable of its own in newer kernels; both
 *   are told by the code that puts it on the stack.
 */
#include <inttypes.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "memory/memory_found.h"
#include "memory/stack_damage.h"

#define SHOWN 24 /* bytes of what overwrote it */

/* The first bytes of what was written, as text if they are. */
static void put_bytes(struct kernel *kernel, const struct stack_damage *damage, struct str *text)
{
	size_t length = MIN(damage->to - damage->from, (uint64_t)SHOWN);
	char bytes[SHOWN + 1] = "";

	if (!err_ok(memory_read(kernel->memory, damage->from, bytes, length)))
		return;
	length = strnlen(bytes, length);
	if (length >= 4 && is_printable(bytes, length)) {
		str_puts(text, ", \"");
		str_escape(text, bytes, length);
		str_puts(text, "\"");
	} else {
		str_printf(text, ", 0x%016" PRIx64 " in the canary's place", damage->found);
	}
}

static struct err *run(struct analysis *analysis)
{
	struct stack_damage damage;
	_str_ struct str text = {0};

	if (!analysis->crash || !stack_damage_find(analysis->crash, &damage))
		return NULL;
	str_printf(&text,
		   "the frame of %s() was overwritten from 0x%016" PRIx64 " to 0x%016" PRIx64,
		   damage.function, damage.from, damage.to);
	put_bytes(analysis->kernel, &damage, &text);
	if (damage.buffer && damage.buffer == damage.from)
		str_puts(&text, ", from a buffer of its own on");
	else if (damage.buffer)
		str_printf(&text, ", above its buffer at 0x%016" PRIx64, damage.buffer);
	if (damage.given_to[0])
		str_printf(&text, ", which it gave to %s()", damage.given_to);
	if (text.failed)
		return &err_nomem;
	memory_found_stack(analysis, &damage, text.data);
	return NULL;
}

const struct analyzer stack_analyzer = {
	.name = "stack",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_STACKS,
	.run = run,
};
