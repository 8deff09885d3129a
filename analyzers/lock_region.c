/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lock_region.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

#define FUNCTION_MAX 16384 /* bytes of a function looked at before the place it stopped */
#define WRAPPER_MAX 64	   /* bytes of a function that does nothing but take a lock */

/* A constant or rip-relative address loaded into RDI, the lock functions' argument. */
static bool loads_rdi(const struct insn *insn, uint64_t *value)
{
	if (!(insn->regs_written >> REG_RDI & 1) || insn->operand_count < 2)
		return false;
	const struct operand *source = &insn->operands[1];
	if (source->kind == OPERAND_IMMEDIATE) {
		*value = (uint64_t)source->immediate;
		return true;
	}
	if (source->kind == OPERAND_MEMORY && source->base == REG_RIP &&
	    !strncmp(insn->mnemonic, "lea", 3)) {
		*value = insn->address + insn->size + (uint64_t)source->displacement;
		return true;
	}
	return false;
}

void lock_region_follow(struct kernel *kernel, uint64_t start, uint64_t stop,
			const struct lock_calls *calls, struct lock_region *region)
{
	_free_ uint8_t *code = malloc(FUNCTION_MAX);
	size_t length = MIN(stop - start, FUNCTION_MAX);
	bool rdi_known = false;
	uint64_t rdi = 0;

	if (!code || !err_ok(memory_read(kernel->memory, start, code, length)))
		return;
	for (size_t at = 0; at < length;) {
		struct insn insn;

		if (!err_ok(disasm_one(kernel->disasm, code + at, length - at, start + at, &insn)))
			return;
		if (insn.is_call) {
			bool other = calls->only && !(rdi_known && rdi == calls->only);
			enum lock_call call = other ? CALL_OTHER
						    : calls->classify(kernel, insn.target);

			if (call == CALL_LOCK || call == CALL_LOCK_READ)
				*region = (struct lock_region){true, rdi_known,
							       call == CALL_LOCK_READ, rdi,
							       insn.address};
			else if (call == CALL_UNLOCK)
				region->inside = false;
			rdi_known = false;
		} else if (insn.regs_written >> REG_RDI & 1) {
			rdi_known = loads_rdi(&insn, &rdi);
		}
		at += insn.size;
	}
}

static enum lock_call rwsem_call_named(struct kernel *kernel, uint64_t target)
{
	struct symbol symbol;

	if (!target || !symbols_at(kernel->symbols, target, &symbol) || symbol.address != target)
		return CALL_OTHER;
	if (!strncmp(symbol.name, "up_read", 7) || !strncmp(symbol.name, "up_write", 8))
		return CALL_UNLOCK;
	if (!strncmp(symbol.name, "down_read", 9))
		return CALL_LOCK_READ;
	return !strncmp(symbol.name, "down_write", 10) ? CALL_LOCK : CALL_OTHER;
}

enum lock_call lock_region_rwsem_call(struct kernel *kernel, uint64_t target)
{
	enum lock_call call = rwsem_call_named(kernel, target);
	uint8_t code[WRAPPER_MAX];
	struct symbol symbol;

	if (call != CALL_OTHER || !target || !symbols_at(kernel->symbols, target, &symbol) ||
	    symbol.address != target || symbol.size > sizeof(code) ||
	    !err_ok(memory_read(kernel->memory, target, code, symbol.size)))
		return call;
	for (size_t at = 0; at < symbol.size;) {
		struct insn insn;

		if (!err_ok(disasm_one(kernel->disasm, code + at, symbol.size - at, target + at,
				       &insn)))
			break;
		enum lock_call inner = insn.is_call || insn.is_jump
					       ? rwsem_call_named(kernel, insn.target)
					       : CALL_OTHER;
		call = inner == CALL_OTHER ? call : inner;
		at += insn.size;
	}
	return call;
}
