/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unwinding by ORC, the tables that objtool writes. */
#include "kernel/unwind/unwind_orc.h"

#include "base/parse.h"
#include "kernel/insn/code.h"
#include "kernel/memory/memory.h"
#include "kernel/modules/module.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"
#include "kernel/unwind/unwind_ftrace.h"
#include "kernel/unwind/unwind_read.h"

/*
 * ORC (arch/x86/kernel/unwind_orc.c, ee9f8fce9964 v4.14): two sorted tables side by side, one of
 * addresses relative to their own place, one of 6-byte entries. They are searched where they lie in
 * dump memory: a look-up touches two or three pages of some megabytes.
 */
#define ORC_ENTRY_SIZE 6
#define ORC_TABLE_MAX (64u << 20) /* entries; a kernel has about a million */

/* Our own numbering; the kernel's two are mapped onto it. */
enum orc_reg {
	ORC_REG_UNDEFINED,
	ORC_REG_PREV_SP,
	ORC_REG_AX,
	ORC_REG_DX,
	ORC_REG_DI,
	ORC_REG_BP,
	ORC_REG_SP,
	ORC_REG_R10,
	ORC_REG_R13,
	ORC_REG_SP_INDIRECT,
	ORC_REG_BP_INDIRECT,
	ORC_REG_UNKNOWN,
};

enum orc_type { ORC_UNDEFINED, ORC_END, ORC_CALL, ORC_REGS, ORC_REGS_PARTIAL, ORC_UNKNOWN };

struct orc_entry {
	int16_t sp_offset, bp_offset;
	uint8_t sp_reg, bp_reg, type;
	bool signal;
};

/* How the flags word of an entry is laid out; see find_encoding(). */
enum orc_flags {
	ORC_FLAGS_END,	  /* type:2, end:1 */
	ORC_FLAGS_SIGNAL, /* type:2, signal:1, end:1 (ffb1b4a41016 v6.3) */
	ORC_FLAGS_TYPE3,  /* type:3, signal:1 (fb799447ae29 v6.4) */
};

struct table {
	uint64_t ip, orc, count;
};

#define CACHE_SLOTS 512

struct orc {
	struct kernel *kernel;
	struct table table;
	uint64_t text, text_end, init, init_end;
	uint64_t lookup, lookup_blocks;
	enum orc_flags flags;
	const uint8_t *regs; /* the kernel's register numbers to ours */
	struct {
		uint64_t address;
		struct orc_entry entry;
	} cache[CACHE_SLOTS];
};

static const uint8_t regs_v1[16] = {
	ORC_REG_UNDEFINED,   ORC_REG_PREV_SP,	  ORC_REG_DX,	   ORC_REG_DI,
	ORC_REG_BP,	     ORC_REG_SP,	  ORC_REG_R10,	   ORC_REG_R13,
	ORC_REG_BP_INDIRECT, ORC_REG_SP_INDIRECT, ORC_REG_AX,	   ORC_REG_UNKNOWN,
	ORC_REG_UNKNOWN,     ORC_REG_UNKNOWN,	  ORC_REG_UNKNOWN, ORC_REG_UNKNOWN,
};

/* 1735858caa4b v7.1: the same struct, other numbers. */
static const uint8_t regs_v4[16] = {
	ORC_REG_UNDEFINED, ORC_REG_AX,		ORC_REG_DX,	     ORC_REG_SP,
	ORC_REG_BP,	   ORC_REG_DI,		ORC_REG_R10,	     ORC_REG_R13,
	ORC_REG_PREV_SP,   ORC_REG_SP_INDIRECT, ORC_REG_BP_INDIRECT, ORC_REG_UNKNOWN,
	ORC_REG_UNKNOWN,   ORC_REG_UNKNOWN,	ORC_REG_UNKNOWN,     ORC_REG_UNKNOWN,
};

/* --- opening ---------------------------------------------------------------------------------- */

static bool bounds(struct kernel *kernel, const char *start, const char *end, uint64_t *low,
		   uint64_t *high)
{
	return symbols_find(kernel->symbols, start, low) &&
	       symbols_find(kernel->symbols, end, high) && *low < *high;
}

#define SAMPLES 16
#define SAMPLE_ENTRIES 64

/*
 * The commonest entry by far is a plain call with the stack pointer as base; which bits say so
 * tells the encodings apart. Types cannot: the register numbers moved under an unchanged struct,
 * and distributions back-port one without the other (el9 has v6.4's form in 5.14).
 */
static struct err *count_flags(struct orc *orc, unsigned types[8], unsigned regs[16])
{
	uint8_t raw[SAMPLE_ENTRIES * ORC_ENTRY_SIZE];
	uint64_t count = MIN(orc->table.count, SAMPLE_ENTRIES);

	for (unsigned i = 0; i < SAMPLES; i++) {
		uint64_t at = (orc->table.count - count) * i / SAMPLES;

		TRY(memory_read(orc->kernel->memory, orc->table.orc + at * ORC_ENTRY_SIZE, raw,
				count * ORC_ENTRY_SIZE));
		for (uint64_t j = 0; j < count; j++) {
			uint16_t flags = load_u16(raw + j * ORC_ENTRY_SIZE + 4);

			types[flags >> 8 & 7]++;
			regs[flags & 15]++;
		}
	}
	return NULL;
}

static struct err *find_encoding(struct orc *orc)
{
	unsigned types[8] = {0}, regs[16] = {0};

	TRY(err_wrap(count_flags(orc, types, regs), "unwind table"));
	if (types[2] > types[0])
		orc->flags = ORC_FLAGS_TYPE3;
	else if (members_has(orc->kernel->members, MEMBER_ORC_SIGNAL))
		orc->flags = ORC_FLAGS_SIGNAL;
	else
		orc->flags = ORC_FLAGS_END;
	orc->regs = regs[3] > regs[5] ? regs_v4 : regs_v1;
	if (MAX(regs[3], regs[5]) * 2 < regs[0] || MAX(types[0], types[2]) == 0)
		return err_new(ERR_UNSUPPORTED, "the unwind tables are in a form not known");
	return NULL;
}

/* The index of the table by text address; without one the whole table is searched. */
static void find_lookup(struct orc *orc)
{
	uint64_t end;

	if (!bounds(orc->kernel, "orc_lookup", "orc_lookup_end", &orc->lookup, &end))
		return;
	orc->lookup_blocks = (end - orc->lookup) / 4;
}

static struct err *open_tables(struct orc *orc)
{
	struct kernel *kernel = orc->kernel;
	uint64_t ip_end, orc_end;

	if (!bounds(kernel, "__start_orc_unwind_ip", "__stop_orc_unwind_ip", &orc->table.ip,
		    &ip_end) ||
	    !bounds(kernel, "__start_orc_unwind", "__stop_orc_unwind", &orc->table.orc, &orc_end))
		return err_new(ERR_NOT_FOUND, "the kernel has no ORC unwind tables");
	orc->table.count =
		MIN((ip_end - orc->table.ip) / 4, (orc_end - orc->table.orc) / ORC_ENTRY_SIZE);
	if (!orc->table.count || orc->table.count > ORC_TABLE_MAX)
		return err_new(ERR_CORRUPT, "the bounds of the unwind tables are absurd");
	if (!bounds(kernel, "_stext", "_etext", &orc->text, &orc->text_end))
		return err_new(ERR_NOT_FOUND, "the bounds of the kernel's text are not known");
	if (!bounds(kernel, "_sinittext", "_einittext", &orc->init, &orc->init_end))
		orc->init = orc->init_end = 0;
	find_lookup(orc);
	return find_encoding(orc);
}

DEFINE_CLEANUP(struct orc, unwind_orc_close)

struct err *unwind_orc_open(struct kernel *kernel, struct orc **ret)
{
	_cleanup_(cleanup_unwind_orc_close) struct orc *orc = calloc(1, sizeof(*orc));

	if (!orc)
		return &err_nomem;
	orc->kernel = kernel;
	TRY(open_tables(orc));
	*ret = take_ptr(orc);
	return NULL;
}

void unwind_orc_close(struct orc *orc)
{
	free(orc);
}

/* --- look-up ---------------------------------------------------------------------------------- */

static struct err *table_ip(struct orc *orc, const struct table *table, uint64_t i, uint64_t *ret)
{
	uint64_t at = table->ip + i * 4;
	uint32_t offset;

	TRY(memory_read_u32(orc->kernel->memory, at, &offset));
	*ret = at + (uint64_t)(int64_t)(int32_t)offset;
	return NULL;
}

/* The last entry in [first, last) that begins at or before the address. */
static struct err *search(struct orc *orc, const struct table *table, uint64_t first, uint64_t last,
			  uint64_t address, uint64_t *ret)
{
	bool found = false;

	while (first < last) {
		uint64_t middle = first + (last - first) / 2, ip;

		TRY(table_ip(orc, table, middle, &ip));
		if (ip <= address) {
			*ret = middle;
			found = true;
			first = middle + 1;
		} else {
			last = middle;
		}
	}
	return found ? NULL : err_at(ERR_NOT_FOUND, address, "no unwind entry covers the code");
}

#define LOOKUP_BLOCK_SIZE 256 /* arch/x86/include/asm/orc_lookup.h */

/* Narrow the search by the index, unless that cannot be read or makes no sense. */
static struct err *narrow(struct orc *orc, uint64_t address, uint64_t *first, uint64_t *last)
{
	uint64_t block = (address - orc->text) / LOOKUP_BLOCK_SIZE;
	uint64_t pair;

	if (address < orc->text || address >= orc->text_end || block + 1 >= orc->lookup_blocks ||
	    !TRY_OK(memory_read_u64(orc->kernel->memory, orc->lookup + block * 4, &pair)))
		return NULL;
	if ((uint32_t)pair < (pair >> 32) + 1 && (pair >> 32) + 1 <= orc->table.count) {
		*first = (uint32_t)pair;
		*last = (pair >> 32) + 1;
	}
	return NULL;
}

static void decode(const struct orc *orc, const uint8_t *raw, struct orc_entry *ret)
{
	uint16_t flags = load_u16(raw + 4);
	unsigned end_bit = orc->flags == ORC_FLAGS_SIGNAL ? 11 : 10;

	ret->sp_offset = (int16_t)load_u16(raw);
	ret->bp_offset = (int16_t)load_u16(raw + 2);
	ret->sp_reg = orc->regs[flags & 15];
	ret->bp_reg = orc->regs[flags >> 4 & 15];
	if (orc->flags == ORC_FLAGS_TYPE3) {
		ret->type = MIN(flags >> 8 & 7, ORC_UNKNOWN);
		ret->signal = flags >> 11 & 1;
		return;
	}
	if (ret->sp_reg == ORC_REG_UNDEFINED)
		ret->type = flags >> end_bit & 1 ? ORC_END : ORC_UNDEFINED;
	else
		ret->type = (flags >> 8 & 3) + ORC_CALL;
	/* Without a bit that says so: code with a pt_regs is entered from where it interrupted. */
	ret->signal = orc->flags == ORC_FLAGS_SIGNAL ? flags >> 10 & 1 : ret->type > ORC_CALL;
}

static struct err *find_in(struct orc *orc, const struct table *table, uint64_t address,
			   struct orc_entry *ret)
{
	uint64_t first = 0, last = table->count, i = 0;
	uint8_t raw[ORC_ENTRY_SIZE];

	if (table == &orc->table)
		TRY(narrow(orc, address, &first, &last));
	TRY(search(orc, table, first, last, address, &i));
	TRY(memory_read(orc->kernel->memory, table->orc + i * ORC_ENTRY_SIZE, raw, sizeof(raw)));
	decode(orc, raw, ret);
	return NULL;
}

static struct err *find_uncached(struct orc *orc, uint64_t address, struct orc_entry *ret)
{
	const struct module *module;
	struct table table;

	if (code_is_generated(orc->kernel, address) &&
	    !unwind_ftrace_origin(orc->kernel, address, &address))
		return err_at(ERR_NOT_FOUND, address, "generated code has no unwind data");
	if ((address >= orc->text && address < orc->text_end) ||
	    (address >= orc->init && address < orc->init_end))
		return find_in(orc, &orc->table, address, ret);
	module = orc->kernel->modules ? modules_find(orc->kernel->modules, address) : NULL;
	if (!module || !module->orc_count || module->orc_count > ORC_TABLE_MAX)
		return err_at(ERR_NOT_FOUND, address, "no unwind table covers the code");
	table = (struct table){module->orc_ip, module->orc, module->orc_count};
	return find_in(orc, &table, address, ret);
}

static struct err *find(struct orc *orc, uint64_t address, struct orc_entry *ret)
{
	size_t slot = (address ^ address >> 9) % CACHE_SLOTS;

	if (orc->cache[slot].address != address) {
		TRY(find_uncached(orc, address, &orc->cache[slot].entry));
		orc->cache[slot].address = address;
	}
	*ret = orc->cache[slot].entry;
	return NULL;
}

/* --- stepping --------------------------------------------------------------------------------- */

static struct err *base_register(const struct unwind_state *state, enum reg reg, uint64_t *ret)
{
	if (!regs_known(&state->regs, reg))
		return err_at(ERR_NOT_FOUND, state->regs.value[REG_RIP],
			      "the unwind needs %s, which is not known,", reg_name(reg));
	*ret = state->regs.value[reg];
	return NULL;
}

/* The caller's stack pointer before its call, or the address of the pt_regs. */
static struct err *find_cfa(struct unwind_state *state, const struct orc_entry *entry,
			    uint64_t *ret)
{
	static const struct {
		enum reg reg;
		bool offset, indirect;
	} bases[] = {
		[ORC_REG_AX] = {REG_RAX},
		[ORC_REG_DX] = {REG_RDX},
		[ORC_REG_DI] = {REG_RDI},
		[ORC_REG_R10] = {REG_R10},
		[ORC_REG_R13] = {REG_R13},
		[ORC_REG_BP] = {REG_RBP, true},
		[ORC_REG_SP] = {REG_RSP, true},
		[ORC_REG_SP_INDIRECT] = {REG_RSP, false, true},
		[ORC_REG_BP_INDIRECT] = {REG_RBP, true, true},
	};
	uint64_t offset = (uint64_t)(int64_t)entry->sp_offset;

	if (entry->sp_reg <= ORC_REG_PREV_SP || entry->sp_reg >= ARRAY_SIZE(bases))
		return err_at(ERR_CORRUPT, state->regs.value[REG_RIP],
			      "an unwind entry without a base register");
	TRY(base_register(state, bases[entry->sp_reg].reg, ret));
	if (bases[entry->sp_reg].offset)
		*ret += offset;
	if (bases[entry->sp_reg].indirect)
		TRY(unwind_read_word(state, *ret, ret));
	/* A stack switch stores the old pointer at the new top; its offset counts from there. */
	if (entry->sp_reg == ORC_REG_SP_INDIRECT)
		*ret += offset;
	return NULL;
}

static struct err *find_bp(struct unwind_state *state, const struct orc_entry *entry, uint64_t cfa,
			   struct regs *regs)
{
	uint64_t at = cfa, bp;

	if (entry->bp_reg == ORC_REG_UNDEFINED)
		return NULL;
	if (entry->bp_reg == ORC_REG_BP)
		TRY(base_register(state, REG_RBP, &at));
	else if (entry->bp_reg != ORC_REG_PREV_SP)
		return err_at(ERR_CORRUPT, state->regs.value[REG_RIP],
			      "an unwind entry with an unknown place of rbp");
	TRY(unwind_read_word(state, at + (uint64_t)(int64_t)entry->bp_offset, &bp));
	regs_set(regs, REG_RBP, bp);
	return NULL;
}

static struct err *step_call(struct unwind_state *state, const struct orc_entry *entry,
			     uint64_t cfa, struct unwind_step *ret)
{
	/* Of the callee-saved registers the tables know RBP alone. */
	ret->regs.known = state->regs.known & 1u << REG_RBP;
	ret->regs.value[REG_RBP] = state->regs.value[REG_RBP];
	TRY(find_bp(state, entry, cfa, &ret->regs));
	regs_set(&ret->regs, REG_RSP, cfa);
	return unwind_read_return(state, cfa - 8, ret);
}

/* Registers a function gives back unchanged (System V x86-64 ABI), but for RSP. */
#define CALLEE_SAVED                                                                               \
	(1u << REG_RBX | 1u << REG_RBP | 1u << REG_R12 | 1u << REG_R13 | 1u << REG_R14 |           \
	 1u << REG_R15)

/* The CPU pushed five words; the other registers are not saved yet, and not changed either. */
static struct err *step_iret(struct unwind_state *state, const struct orc_entry *entry,
			     uint64_t cfa, struct unwind_step *ret)
{
	static const enum reg pushed[] = {REG_RIP, REG_CS, REG_RFLAGS, REG_RSP, REG_SS};
	const struct member *ip = members_get(state->kernel->members, MEMBER_PT_REGS_IP);
	uint8_t raw[sizeof(uint64_t) * ARRAY_SIZE(pushed)];

	TRY(unwind_read_stack(state, cfa, raw, sizeof(raw)));
	ret->regs = state->regs;
	if (!state->exact)
		ret->regs.known &= CALLEE_SAVED;
	TRY(find_bp(state, entry, cfa, &ret->regs));
	for (size_t i = 0; i < ARRAY_SIZE(pushed); i++)
		regs_set(&ret->regs, pushed[i], load_u64(raw + i * 8));
	ret->pt_regs = cfa - (ip ? member_offset(ip) : 0);
	return NULL;
}

/* Where kernels of before d31a580266ee (v4.18), whose entries have no end bit, begin a thread. */
static bool is_first_function(struct kernel *kernel, uint64_t address)
{
	static const char *const names[] = {"ret_from_fork", "secondary_startup_64", "start_cpu",
					    "start_cpu0", "startup_64"};

	return code_is_in(kernel, address, names, ARRAY_SIZE(names));
}

struct err *unwind_orc_step(struct orc *orc, struct unwind_state *state, struct unwind_step *ret)
{
	uint64_t address = unwind_state_lookup_address(state), cfa;
	struct orc_entry entry;

	TRY(find(orc, address, &entry));
	ret->source = FOUND_ORC;
	ret->exact = entry.signal;
	if (entry.type == ORC_END ||
	    (entry.type == ORC_UNDEFINED && is_first_function(state->kernel, address))) {
		ret->end = true;
		return NULL;
	}
	if (entry.type == ORC_UNDEFINED || entry.type == ORC_UNKNOWN)
		return err_at(ERR_NOT_FOUND, address, "the code has no unwind data");
	TRY(find_cfa(state, &entry, &cfa));
	if (entry.type == ORC_CALL)
		return step_call(state, &entry, cfa, ret);
	if (entry.type == ORC_REGS_PARTIAL)
		return step_iret(state, &entry, cfa, ret);
	ret->pt_regs = cfa;
	return unwind_read_regs(state, cfa, &ret->regs);
}
