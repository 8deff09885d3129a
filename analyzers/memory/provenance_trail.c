/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of following a value back, and each step of it in words. */
#include "memory/provenance_trail.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernel/insn/disasm.h"
#include "kernel/symbols/symbol.h"

#define SMALL 0x10000 /* smaller values are in memory everywhere */

void provenance_step(struct trail *trail, bool proven, const char *fmt, ...)
{
	char text[640];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	bad_value_add_step(trail->result, proven, text);
}

/*
 * The symbol an instruction addresses relative to RIP or calls, as objdump prints it: " <kfree>".
 */
static void named(struct kernel *kernel, const struct insn *insn, char *buf, size_t size)
{
	uint64_t address = insn->is_call ? insn->target : 0;
	struct symbol symbol;

	buf[0] = '\0';
	for (unsigned i = 0; i < insn->operand_count; i++) {
		const struct operand *operand = &insn->operands[i];

		if (operand->kind == OPERAND_MEMORY && operand->base == REG_RIP && !operand->gs)
			address = insn->address + insn->size + (uint64_t)operand->displacement;
	}
	if (!address || !symbols_at(kernel->symbols, address, &symbol))
		return;
	if (address == symbol.address)
		snprintf(buf, size, " <%.100s>", symbol.name);
	else
		snprintf(buf, size, " <%.100s+0x%" PRIx64 ">", symbol.name,
			 address - symbol.address);
}

const char *provenance_where(const struct trail *trail, size_t at, char *buf, size_t size)
{
	const struct flow *flow = trail->scope->flow;
	const struct insn *insn = &flow->insns[at];
	char name[128];
	uint64_t start = at < flow->cold ? flow->symbol.address : flow->insns[flow->cold].address;

	named(trail->walk->kernel, insn, name, sizeof(name));
	snprintf(buf, size, "%.100s%s+0x%" PRIx64 ": %s%s", flow->symbol.name,
		 at < flow->cold ? "" : ".cold", insn->address - start, insn->assembly, name);
	return buf;
}

bool provenance_same_bits(const struct trail *trail, uint64_t value)
{
	return (value & trail->bits.mask) == (trail->bits.value & trail->bits.mask);
}

bool provenance_is_telling(const struct partial *bits)
{
	return __builtin_popcountll(bits->mask) >= 32 && (bits->value & bits->mask) >= SMALL &&
	       (bits->mask != UINT64_MAX || bits->value < -(uint64_t)SMALL);
}

void provenance_set_result(struct trail *trail, uint64_t base, uint64_t address, bool held)
{
	struct bad_value *result = trail->result;

	if (trail->objects)
		return;
	result->found = true;
	result->base = base;
	result->address = address;
	result->offset = (int64_t)(address - base);
	result->held = held;
	result->value = trail->bits.value & trail->bits.mask;
	result->whole = trail->bits.mask == UINT64_MAX;
}

void provenance_name_member(struct trail *trail, const struct typed *typed)
{
	struct bad_value *result = trail->result;
	char text[256];

	if (!provenance_typed_format(typed, text, sizeof(text)))
		return;
	if (!trail->objects) {
		bool known = provenance_typed_member(typed, result->member, sizeof(result->member));

		result->type = known ? typed->type : (struct type){0};
		result->guessed = typed->doubt;
	}
	provenance_step(trail, !typed->doubt, "that is %s%s%s", text, typed->doubt ? ": " : "",
			typed->doubt ? typed->doubt : "");
}
