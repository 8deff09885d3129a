/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a task that is switched out keeps its stack pointer, and what lies on its stack. */
#include "kernel/probe/probe_switch.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define SWITCH_BYTES 96 /* of __switch_to_asm(), up to where it has switched */
#define SCHEDULER_BYTES 8192
#define TASK_STRUCT_MAX 65536u

/* "mov %rsp,X(reg)", then "mov X(reg),%rsp" with the same X: where it stands, and X. */
static bool find_switch(const uint8_t *code, size_t length, size_t *at, uint32_t *offset)
{
	for (size_t i = 0; i + 14 <= length; i++) {
		const uint8_t *next = code + i + 7;

		if (code[i] != 0x48 || code[i + 1] != 0x89 || (code[i + 2] & 0xf8) != 0xa0 ||
		    next[0] != 0x48 || next[1] != 0x8b || (next[2] & 0xf8) != 0xa0 ||
		    load_u32(code + i + 3) != load_u32(next + 3))
			continue;
		*at = i;
		*offset = load_u32(code + i + 3);
		return *offset && *offset < TASK_STRUCT_MAX && *offset % 8 == 0;
	}
	return false;
}

static struct err *add_sp(struct type_provider *types, uint32_t offset)
{
	/* thread_struct as far as it is known: sp alone, so the offset is that of both. */
	TRY(probed_add(types, "thread_struct", "sp", 0, PROBED_NUMBER(8)));
	return probed_add(types, "task_struct", "thread", offset, PROBED_STRUCT("thread_struct"));
}

/* A push of a register in front of an instruction; NULL for any other instruction. */
static const char *push_before(const uint8_t *code, size_t at, size_t *length)
{
	static const char *const low[] = {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di"};
	static const char *const high[] = {"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"};

	bool extended = at > 1 && code[at - 2] == 0x41;

	*length = 1;
	if (!at || (code[at - 1] & 0xf8) != 0x50)
		return at && code[at - 1] == 0x9c ? "flags" : NULL;
	*length += extended;
	return (extended ? high : low)[code[at - 1] & 7];
}

/* The last push lies lowest; the return address is what the call pushed. */
static struct err *add_frame(struct type_provider *types, const uint8_t *code, size_t at)
{
	uint64_t offset = 0;
	const char *name;
	size_t length;

	for (; (name = push_before(code, at, &length)); at -= length, offset += 8)
		TRY(probed_add(types, "inactive_task_frame", name, offset, PROBED_NUMBER(8)));
	return offset ? probed_add(types, "inactive_task_frame", "ret_addr", offset,
				   PROBED_NUMBER(8))
		      : NULL;
}

struct err *probe_switch(struct kernel *kernel, struct type_provider *types)
{
	static const char *const inline_places[] = {"__schedule", "schedule"};
	uint8_t code[SCHEDULER_BYTES];
	uint64_t address;
	uint32_t offset;
	size_t at;

	if (symbols_find(kernel->symbols, "__switch_to_asm", &address) &&
	    err_ok(memory_read(kernel->memory, address, code, SWITCH_BYTES)) &&
	    find_switch(code, SWITCH_BYTES, &at, &offset)) {
		TRY(add_sp(types, offset));
		return add_frame(types, code, at);
	}
	for (size_t i = 0; i < ARRAY_SIZE(inline_places); i++)
		if (symbols_find(kernel->symbols, inline_places[i], &address) &&
		    err_ok(memory_read(kernel->memory, address, code, sizeof(code))) &&
		    find_switch(code, sizeof(code), &at, &offset))
			return add_sp(types, offset);
	return NULL;
}
