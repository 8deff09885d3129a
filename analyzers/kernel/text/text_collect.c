/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which places of its code the kernel patches, by the tables it has of them. */
#include "kernel/text/text_collect.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/text/text_collector.h"
#include "kernel/text/text_tables.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/types/walk.h"

/* --- tables of addresses ---------------------------------------------------------------------- */

/* A table of 4-byte distances to sites like the one given; length 0 is that of an instruction. */
static struct err *add_distances(struct text_collector *c, const struct text_table *table,
				 const struct text_site *like)
{
	for (size_t i = 0; i + 4 <= table->size; i += 4) {
		struct text_site site = *like;

		site.address =
			table->address + i + (uint64_t)(int64_t)(int32_t)load_u32(table->bytes + i);
		if (!text_collector_wants(c, site.address))
			continue;
		if (!site.length)
			site.length = text_collector_length(c, site.address);
		TRY(text_collector_add(c, &site));
	}
	return NULL;
}

static struct err *add_simple(struct text_collector *c)
{
	static const struct {
		const char *section, *first, *last;
		struct text_site like;
	} tables[] = {
		{".retpoline_sites",
		 "__retpoline_sites",
		 "__retpoline_sites_end",
		 {.kind = SITE_RETPOLINE}},
		{".return_sites",
		 "__return_sites",
		 "__return_sites_end",
		 {.kind = SITE_RETURN, .length = 5}},
		{".ibt_endbr_seal",
		 "__ibt_endbr_seal",
		 "__ibt_endbr_seal_end",
		 {.kind = SITE_ENDBR, .length = 4}},
		{".smp_locks", "__smp_locks", "__smp_locks_end", {.kind = SITE_LOCK, .length = 1}},
	};
	struct text_table table;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (text_collector_table(c, tables[i].section, tables[i].first, tables[i].last,
					 &table))
			TRY(add_distances(c, &table, &tables[i].like));
	return NULL;
}

/* Every direct call is listed, but patched only where their depth is tracked. */
static struct err *add_calls(struct text_collector *c)
{
	static const struct text_site like = {.kind = SITE_CALL, .length = 5};
	struct text_table table;
	uint64_t on;

	if (!TRY_OK(variable_read(c->kernel, "thunks_initialized", 1, &on)) || !on ||
	    !text_collector_table(c, ".call_sites", "__call_sites", "__call_sites_end", &table))
		return NULL;
	return add_distances(c, &table, &like);
}

/* __mcount_loc holds the addresses at which functions call the tracer. */
static struct err *add_mcount(struct text_collector *c)
{
	struct text_site site = {.kind = SITE_FTRACE, .length = 5};
	struct text_table table;

	if (!text_collector_table(c, "__mcount_loc", "__start_mcount_loc", "__stop_mcount_loc",
				  &table))
		return NULL;
	for (size_t i = 0; i + 8 <= table.size; i += 8) {
		site.address = load_u64(table.bytes + i) + text_file_slide(c->file);
		if (text_collector_wants(c, site.address))
			TRY(text_collector_add(c, &site));
	}
	return NULL;
}

/* --- what no table lists ---------------------------------------------------------------------- */

/* runtime_const_ptr() and _shift() (arch/x86/include/asm/runtime-const.h, v6.11). */
static struct err *add_constants(struct text_collector *c)
{
	for (size_t i = 0; i < text_file_count(c->file); i++) {
		const struct text_section *section = text_file_at(c->file, i);
		struct text_table table = {section->bytes, section->address, section->size};
		bool pointer = !strncmp(section->name, "runtime_ptr_", 12);

		if (section->bytes && (pointer || !strncmp(section->name, "runtime_shift_", 14)))
			TRY(add_distances(c, &table,
					  &(struct text_site){.kind = SITE_OPAQUE,
							      .length = pointer ? 8 : 1}));
	}
	return NULL;
}

#define STUB 32 /* bytes of one hypercall's stub */

static struct err *add_named(struct text_collector *c)
{
	static const char *const calls[] = {"ftrace_call", "ftrace_regs_call", "ftrace_graph_call"};
	struct text_site site = {.kind = SITE_FTRACE, .length = 5};

	if (text_file_is_module(c->file))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (symbols_find(c->kernel->symbols, calls[i], &site.address))
			TRY(text_collector_add(c, &site));
	/* Xen's and Hyper-V's page of stubs, filled in by the hypervisor. */
	site = (struct text_site){.kind = SITE_OPAQUE, .length = STUB};
	if (symbols_find(c->kernel->symbols, "hypercall_page", &site.address))
		for (unsigned i = 0; i < PAGE_SIZE / STUB; i++, site.address += STUB)
			TRY(text_collector_add(c, &site));
	return NULL;
}

/* Known by its name, or by the bytes that end it in later kernels ("SCT", a ud1). */
static bool is_trampoline(const struct text_collector *c, uint64_t address, const uint8_t *code,
			  size_t left)
{
	static const uint8_t ends[][3] = {{0x0f, 0xb9, 0xcc}, {'S', 'C', 'T'}};
	struct symbol symbol;

	return (symbols_at(c->kernel->symbols, address, &symbol) && symbol.address == address &&
		!strncmp(symbol.name, "__SCT__", 7)) ||
	       (left >= 8 && (!memcmp(code + 5, ends[0], 3) || !memcmp(code + 5, ends[1], 3)));
}

/* The trampolines of static calls are code of their own, a jump each. */
static struct err *add_trampolines(struct text_collector *c)
{
	struct text_site site = {.kind = SITE_STATIC_CALL, .length = 5};
	struct text_table table;

	if (!text_collector_table(c, ".static_call.text", "__static_call_text_start",
				  "__static_call_text_end", &table))
		return NULL;
	for (size_t i = 0; i + site.length <= table.size; i += 4) {
		site.address = table.address + i;
		if (text_collector_wants(c, site.address) &&
		    is_trampoline(c, site.address, table.bytes + i, table.size - i))
			TRY(text_collector_add(c, &site));
	}
	return NULL;
}

#define KPROBE_BUCKETS 64 /* KPROBE_TABLE_SIZE, kernel/kprobes.c */
#define KPROBES_MAX 100000

static struct err *add_bucket(struct text_collector *c, uint64_t first, const struct member *hlist)
{
	struct text_site site = {.kind = SITE_KPROBE, .length = 5};
	_chain_walk_ struct chain_walk chain;

	chain_walk_init(&chain, c->kernel, first, 0, KPROBES_MAX);
	while (chain_walk_next(&chain))
		if (TRY_OK(member_read(c->kernel, chain.node - member_offset(hlist),
				       MEMBER_KPROBE_ADDR, &site.address)) &&
		    text_collector_wants(c, site.address))
			TRY(text_collector_add(c, &site));
	return NULL;
}

static struct err *add_kprobes(struct text_collector *c)
{
	const struct member *hlist = members_get(c->kernel->members, MEMBER_KPROBE_HLIST);
	uint64_t table, first;

	if (!hlist || !symbols_find(c->kernel->symbols, "kprobe_table", &table))
		return NULL;
	for (unsigned i = 0; i < KPROBE_BUCKETS; i++)
		if (TRY_OK(memory_read_u64(c->kernel->memory, table + i * 8, &first)) && first)
			TRY(add_bucket(c, first, hlist));
	return NULL;
}

/* FineIBT rewrites functions' heads and their callers by rules of its own (931ab63664f0 v6.2). */
static struct err *refuse_cfi(struct text_collector *c)
{
	struct text_table table;

	return text_collector_table(c, ".cfi_sites", "__cfi_sites", "__cfi_sites_end", &table) &&
			       table.size
		       ? err_new(ERR_UNSUPPORTED, "this kernel was built to check its indirect "
						  "calls, which rewrites code in ways not known "
						  "here")
		       : NULL;
}

struct err *text_collect(struct kernel *kernel, const struct text_file *file, uint64_t start,
			 uint64_t end, struct text_sites *ret)
{
	struct text_collector c = {kernel, file, start, end, ret};

	TRY(refuse_cfi(&c));
	TRY(add_simple(&c));
	TRY(add_calls(&c));
	TRY(add_mcount(&c));
	TRY(text_tables_collect(&c));
	TRY(add_constants(&c));
	TRY(add_named(&c));
	TRY(add_trampolines(&c));
	TRY(add_kprobes(&c));
	text_sites_sort(ret);
	return NULL;
}
