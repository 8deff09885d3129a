/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a function's code to tell whether it stopped with a lock taken. */
#include "locks/critical_section.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/dump/regs.h"
#include "kernel/insn/disasm.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"

#define FUNCTION_MAX 16384 /* bytes of a function looked at before the place it stopped */
#define WRAPPER_MAX 64	   /* bytes of a function that does nothing but take a lock */

/* --- what registers hold, as far as the code alone says --------------------------------------- */

struct known {
	uint64_t value[REG_R15 + 1];
	uint32_t mask; /* bit per enum reg */
	uint64_t
		argument_from; /* how far behind a register's unknown value rdi points; 0: not known */
};

/* Caller-saved registers (System V x86-64 ABI): a call leaves anything in them. */
#define CALL_CLOBBERS                                                                              \
	(1u << REG_RAX | 1u << REG_RCX | 1u << REG_RDX | 1u << REG_RSI | 1u << REG_RDI |           \
	 1u << REG_R8 | 1u << REG_R9 | 1u << REG_R10 | 1u << REG_R11)

static bool address_of(const struct known *known, const struct insn *insn,
		       const struct operand *operand, uint64_t *ret)
{
	if (operand->index != REG_NONE || operand->gs || operand->fs)
		return false;
	if (operand->base == REG_RIP)
		*ret = insn->address + insn->size + (uint64_t)operand->displacement;
	else if (operand->base <= REG_R15 && known->mask >> operand->base & 1)
		*ret = known->value[operand->base] + (uint64_t)operand->displacement;
	else
		return false;
	return true;
}

/* What an instruction moves to its first operand: a constant, a register, what memory has now. */
static bool moved_value(struct kernel *kernel, const struct known *known, const struct insn *insn,
			uint64_t *ret)
{
	const struct operand *source = &insn->operands[1];
	uint64_t address;

	if (source->kind == OPERAND_IMMEDIATE) {
		*ret = (uint64_t)source->immediate;
		return true;
	}
	if (source->kind == OPERAND_REGISTER) {
		*ret = source->reg <= REG_R15 ? known->value[source->reg] : 0;
		return source->reg <= REG_R15 && source->size == 8 &&
		       known->mask >> source->reg & 1;
	}
	return source->size == 8 && address_of(known, insn, source, &address) &&
	       err_ok(memory_read_u64(kernel->memory, address, ret));
}

/* "lea 0x270(%rbx),%rdi": of the object in rbx, the member at 0x270. */
static void follow_argument(struct known *known, const struct insn *insn)
{
	const struct operand *from = &insn->operands[1];
	bool lea = insn->operand_count == 2 && !strncmp(insn->mnemonic, "lea", 3) &&
		   insn->operands[0].kind == OPERAND_REGISTER && insn->operands[0].reg == REG_RDI &&
		   from->base <= REG_R15 && from->index == REG_NONE && from->displacement > 0;

	if (lea || insn->is_call || insn->regs_written >> REG_RDI & 1)
		known->argument_from = lea ? (uint64_t)from->displacement : 0;
}

/* Registers written become unknown, but for moves of what is known. */
static void follow_registers(struct kernel *kernel, struct known *known, const struct insn *insn)
{
	const struct operand *to = &insn->operands[0], *from = &insn->operands[1];
	bool simple =
		insn->operand_count == 2 && to->kind == OPERAND_REGISTER && to->reg <= REG_R15;
	uint64_t value = 0;
	bool holds = false;

	if (simple && !strncmp(insn->mnemonic, "lea", 3))
		holds = address_of(known, insn, from, &value);
	else if (simple && !strncmp(insn->mnemonic, "mov", 3) && to->size >= 4)
		holds = moved_value(kernel, known, insn, &value);
	else if (simple && !strncmp(insn->mnemonic, "add", 3) && from->kind == OPERAND_IMMEDIATE &&
		 known->mask >> to->reg & 1) {
		value = known->value[to->reg] + (uint64_t)from->immediate;
		holds = true;
	}
	follow_argument(known, insn);
	known->mask &= ~insn->regs_written;
	if (insn->is_call)
		known->mask &= ~CALL_CLOBBERS;
	/* What follows is reached by jumps from elsewhere. */
	if (insn->is_return || (insn->is_jump && !insn->is_conditional))
		known->mask = 0;
	if (holds) {
		known->value[to->reg] = value;
		known->mask |= 1u << to->reg;
	}
}

/* --- calls ------------------------------------------------------------------------------------ */

/* What the call at hand does, as far as calls are asked for. */
static enum lock_call classify_call(struct kernel *kernel, const struct known *known,
				    const struct insn *insn, const struct lock_calls *calls)
{
	bool rdi_known = known->mask >> REG_RDI & 1;

	if (!insn->is_call || (calls->only && !(rdi_known && known->value[REG_RDI] == calls->only)))
		return CALL_OTHER;
	if (calls->offset && known->argument_from && known->argument_from != calls->offset)
		return CALL_OTHER;
	return calls->classify(kernel, insn->target);
}

/* See each call in [start, stop), in address order, until seen() has had enough. */
static void follow(struct kernel *kernel, uint64_t start, uint64_t stop,
		   const struct lock_calls *calls,
		   bool (*seen)(void *context, const struct known *known, const struct insn *insn,
				enum lock_call call),
		   void *context)
{
	_free_ uint8_t *code = malloc(FUNCTION_MAX);
	size_t length = MIN(stop - start, FUNCTION_MAX);
	struct known known = {.mask = 0};

	if (!code || !err_ok(memory_read(kernel->memory, start, code, length)))
		return;
	for (size_t at = 0; at < length;) {
		struct insn insn;

		if (!disasm_one(kernel->disasm, code + at, length - at, start + at, &insn) ||
		    seen(context, &known, &insn, classify_call(kernel, &known, &insn, calls)))
			return;
		follow_registers(kernel, &known, &insn);
		at += insn.size;
	}
}

static bool note_section(void *context, const struct known *known, const struct insn *insn,
			 enum lock_call call)
{
	struct critical_section *section = context;
	bool rdi_known = known->mask >> REG_RDI & 1;

	if (call == CALL_LOCK || call == CALL_LOCK_READ)
		*section = (struct critical_section){true, rdi_known, call == CALL_LOCK_READ,
						     rdi_known ? known->value[REG_RDI] : 0,
						     insn->address};
	else if (call == CALL_UNLOCK)
		section->inside = false;
	return false;
}

void critical_section_follow(struct kernel *kernel, uint64_t start, uint64_t stop,
			     const struct lock_calls *calls, struct critical_section *section)
{
	follow(kernel, start, stop, calls, note_section, section);
}

static bool note_read(void *context, const struct known *known, const struct insn *insn,
		      enum lock_call call)
{
	bool *reads = context;

	(void)known;
	(void)insn;
	*reads = call == CALL_LOCK_READ;
	return *reads;
}

bool critical_section_reads(struct kernel *kernel, uint64_t start, uint64_t end,
			    const struct lock_calls *calls)
{
	bool reads = false;

	follow(kernel, start, end, calls, note_read, &reads);
	return reads;
}

struct lock_function {
	const char *name; /* ends in "*": what it begins with */
	enum lock_call call;
};

/* include/linux/mutex.h, ww_mutex.h; "_killable", "_interruptible", "_io", "_nested" behave alike */
static const struct lock_function mutex_functions[] = {
	{"mutex_unlock", CALL_UNLOCK}, {"ww_mutex_unlock", CALL_UNLOCK}, {"mutex_lock*", CALL_LOCK},
	{"ww_mutex_lock*", CALL_LOCK}, {"mutex_trylock*", CALL_LOCK},	 {NULL, CALL_OTHER},
};
/* include/linux/rwsem.h; "_killable", "_interruptible", "_nested" behave alike */
static const struct lock_function rwsem_functions[] = {
	{"up_read*", CALL_UNLOCK},	     {"up_write*", CALL_UNLOCK},
	{"down_read*", CALL_LOCK_READ},	     {"down_write*", CALL_LOCK},
	{"downgrade_write", CALL_LOCK_READ}, {NULL, CALL_OTHER},
};
/* include/linux/semaphore.h */
static const struct lock_function semaphore_functions[] = {
	{"up", CALL_UNLOCK},	      {"down", CALL_LOCK},
	{"down_killable", CALL_LOCK}, {"down_interruptible", CALL_LOCK},
	{"down_timeout", CALL_LOCK},  {NULL, CALL_OTHER},
};
/*
 * include/linux/percpu-rwsem.h; its readers come and go inline since v4.8, but for the slow path. Those of
 * super_block.s_writers (fs/namespace.c, fs/super.c) also by functions.
 */
static const struct lock_function percpu_rwsem_functions[] = {
	{"mnt_want_write*", CALL_LOCK_READ},	{"mnt_drop_write*", CALL_UNLOCK},
	{"__sb_start_write", CALL_LOCK_READ},	{"__sb_end_write", CALL_UNLOCK},
	{"percpu_up_write", CALL_UNLOCK},	{"percpu_down_write", CALL_LOCK},
	{"__percpu_down_read", CALL_LOCK_READ}, {"percpu_down_read", CALL_LOCK_READ},
	{"percpu_up_read", CALL_UNLOCK},	{NULL, CALL_OTHER},
};

/* include/linux/srcu.h: what srcu_read_lock() and srcu_read_unlock() call; kernel/rcu/srcutree.c */
static const struct lock_function srcu_functions[] = {
	{"__srcu_read_lock", CALL_LOCK_READ},
	{"__srcu_read_unlock", CALL_UNLOCK},
	{NULL, CALL_OTHER},
};
static const struct lock_function srcu_wait_functions[] = {
	{"synchronize_srcu*", CALL_LOCK},
	{NULL, CALL_OTHER},
};

/* mm/filemap.c, include/linux/pagemap.h: it is tried inline, and slept for in these. */
static const struct lock_function page_functions[] = {
	{"folio_unlock", CALL_UNLOCK},	   {"unlock_page", CALL_UNLOCK},
	{"folio_end_read", CALL_UNLOCK},   {"__folio_lock*", CALL_LOCK},
	{"__lock_page*", CALL_LOCK},	   {"__filemap_get_folio*", CALL_LOCK},
	{"pagecache_get_page", CALL_LOCK}, {"grab_cache_page_write_begin", CALL_LOCK},
	{"find_lock_entr*", CALL_LOCK},	   {NULL, CALL_OTHER},
};

static bool is_named(const char *name, const char *pattern)
{
	size_t length = strlen(pattern);

	return pattern[length - 1] == '*' ? !strncmp(name, pattern, length - 1)
					  : !strcmp(name, pattern);
}

static enum lock_call call_named(struct kernel *kernel, const struct lock_function *functions,
				 uint64_t target)
{
	struct symbol symbol;

	if (!target || !symbols_at(kernel->symbols, target, &symbol) || symbol.address != target)
		return CALL_OTHER;
	for (; functions->name; functions++)
		if (is_named(symbol.name, functions->name))
			return functions->call;
	return CALL_OTHER;
}

static enum lock_call classify(struct kernel *kernel, const struct lock_function *functions,
			       uint64_t target)
{
	enum lock_call call = call_named(kernel, functions, target);
	uint8_t code[WRAPPER_MAX];
	struct symbol symbol;

	if (call != CALL_OTHER || !target || !symbols_at(kernel->symbols, target, &symbol) ||
	    symbol.address != target || symbol.size > sizeof(code) ||
	    !err_ok(memory_read(kernel->memory, target, code, symbol.size)))
		return call;
	for (size_t at = 0; at < symbol.size;) {
		struct insn insn;

		if (!disasm_one(kernel->disasm, code + at, symbol.size - at, target + at, &insn))
			break;
		enum lock_call inner = insn.is_call || insn.is_jump
					       ? call_named(kernel, functions, insn.target)
					       : CALL_OTHER;
		call = inner == CALL_OTHER ? call : inner;
		at += insn.size;
	}
	return call;
}

enum lock_call critical_section_mutex(struct kernel *kernel, uint64_t target)
{
	return classify(kernel, mutex_functions, target);
}

enum lock_call critical_section_rwsem(struct kernel *kernel, uint64_t target)
{
	return classify(kernel, rwsem_functions, target);
}

enum lock_call critical_section_semaphore(struct kernel *kernel, uint64_t target)
{
	return classify(kernel, semaphore_functions, target);
}

enum lock_call critical_section_percpu_rwsem(struct kernel *kernel, uint64_t target)
{
	return classify(kernel, percpu_rwsem_functions, target);
}

enum lock_call critical_section_page(struct kernel *kernel, uint64_t target)
{
	return classify(kernel, page_functions, target);
}

enum lock_call critical_section_srcu(struct kernel *kernel, uint64_t target)
{
	return call_named(kernel, srcu_functions, target);
}

enum lock_call critical_section_srcu_wait(struct kernel *kernel, uint64_t target)
{
	return call_named(kernel, srcu_wait_functions, target);
}
