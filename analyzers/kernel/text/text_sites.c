/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/text/text_sites.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/dump/dump.h"
#include "kernel/insn/disasm.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/text/text_collect.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define SITES_MAX (1u << 21)

struct err *text_sites_add(struct text_sites *sites, const struct text_site *site)
{
	if (sites->count == SITES_MAX)
		return err_new(ERR_LIMIT, "more than %u places of patched code", SITES_MAX);
	if (sites->count == sites->capacity) {
		size_t capacity = sites->capacity ? sites->capacity * 2 : 64;
		struct text_site *grown = reallocarray(sites->list, capacity, sizeof(*grown));

		if (!grown)
			return &err_nomem;
		sites->list = grown;
		sites->capacity = capacity;
	}
	sites->list[sites->count++] = *site;
	return NULL;
}

const uint8_t *collect_code(const struct text_file *file, uint64_t address, size_t length)
{
	const struct text_section *section = text_file_find(file, address);
	uint64_t offset = section ? address - section->address : 0;

	return section && length <= section->size - offset ? section->bytes + offset : NULL;
}

uint32_t collect_length(const struct collecting *c, uint64_t address)
{
	const struct text_section *section = text_file_find(c->file, address);
	uint64_t offset = section ? address - section->address : 0;

	return section ? (uint32_t)disasm_length(c->kernel->disasm, section->bytes + offset,
						 section->size - offset)
		       : 0;
}

struct err *collect_site(struct collecting *c, const struct text_site *site)
{
	if (!site->length || site->length > SITE_LENGTH_MAX || site->address >= c->end ||
	    site->address + site->length <= c->start ||
	    !collect_code(c->file, site->address, site->length))
		return NULL;
	return text_sites_add(c->sites, site);
}

bool collect_wants(const struct collecting *c, uint64_t address)
{
	return address < c->end && address + SITE_LENGTH_MAX > c->start;
}

/* --- tables ----------------------------------------------------------------------------------- */

bool collect_table(const struct collecting *c, const char *section, const char *first,
		   const char *last, struct table *ret)
{
	const struct text_section *whole = text_file_named(c->file, section);
	uint64_t start, end;

	if (!text_file_is_module(c->file) && first &&
	    symbols_find(c->kernel->symbols, first, &start) &&
	    symbols_find(c->kernel->symbols, last, &end) && end > start) {
		const struct text_section *holder = text_file_range(c->file, start, end);

		if (holder) {
			*ret = (struct table){holder->bytes + (start - holder->address), start,
					      end - start};
			return true;
		}
	}
	if (whole)
		*ret = (struct table){whole->bytes, whole->address, whole->size};
	return whole;
}

/* Entries of one kind, each a distance from itself (4 bytes). site gives kind and length. */
static struct err *add_distances(struct collecting *c, const struct table *table,
				 const struct text_site *like)
{
	for (size_t i = 0; i + 4 <= table->size; i += 4) {
		struct text_site site = *like;

		site.address =
			table->address + i + (uint64_t)(int64_t)(int32_t)load_u32(table->bytes + i);
		if (!collect_wants(c, site.address))
			continue;
		if (!site.length)
			site.length = collect_length(c, site.address);
		TRY(collect_site(c, &site));
	}
	return NULL;
}

static struct err *add_simple(struct collecting *c)
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
	struct table table;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (collect_table(c, tables[i].section, tables[i].first, tables[i].last, &table))
			TRY(add_distances(c, &table, &tables[i].like));
	return NULL;
}

/* Every direct call is listed, but patched only where their depth is tracked. */
static struct err *add_calls(struct collecting *c)
{
	static const struct text_site like = {.kind = SITE_CALL, .length = 5};
	struct table table;
	uint64_t on;

	if (!err_ok(variable_read(c->kernel, "thunks_initialized", 1, &on)) || !on ||
	    !collect_table(c, ".call_sites", "__call_sites", "__call_sites_end", &table))
		return NULL;
	return add_distances(c, &table, &like);
}

/* Addresses as they are, of functions' first instructions. */
static struct err *add_mcount(struct collecting *c)
{
	struct text_site site = {.kind = SITE_FTRACE, .length = 5};
	struct table table;

	if (!collect_table(c, "__mcount_loc", "__start_mcount_loc", "__stop_mcount_loc", &table))
		return NULL;
	for (size_t i = 0; i + 8 <= table.size; i += 8) {
		site.address = load_u64(table.bytes + i) + text_file_slide(c->file);
		if (collect_wants(c, site.address))
			TRY(collect_site(c, &site));
	}
	return NULL;
}

/* --- what no table lists ---------------------------------------------------------------------- */

/* runtime_const_ptr() and _shift() (arch/x86/include/asm/runtime-const.h, v6.11). */
static struct err *add_constants(struct collecting *c)
{
	for (size_t i = 0; i < text_file_count(c->file); i++) {
		const struct text_section *section = text_file_at(c->file, i);
		struct table table = {section->bytes, section->address, section->size};
		bool pointer = !strncmp(section->name, "runtime_ptr_", 12);

		if (section->bytes && (pointer || !strncmp(section->name, "runtime_shift_", 14)))
			TRY(add_distances(c, &table,
					  &(struct text_site){.kind = SITE_OPAQUE,
							      .length = pointer ? 8 : 1}));
	}
	return NULL;
}

#define STUB 32 /* bytes of one hypercall's stub */

static struct err *add_named(struct collecting *c)
{
	static const char *const calls[] = {"ftrace_call", "ftrace_regs_call", "ftrace_graph_call"};
	struct text_site site = {.kind = SITE_FTRACE, .length = 5};

	if (text_file_is_module(c->file))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (symbols_find(c->kernel->symbols, calls[i], &site.address))
			TRY(collect_site(c, &site));
	/* Xen's and Hyper-V's page of stubs, filled in by the hypervisor. */
	site = (struct text_site){.kind = SITE_OPAQUE, .length = STUB};
	if (symbols_find(c->kernel->symbols, "hypercall_page", &site.address))
		for (unsigned i = 0; i < PAGE_SIZE / STUB; i++, site.address += STUB)
			TRY(collect_site(c, &site));
	return NULL;
}

/* By name; or, where that is not known, by the bytes that end them ("SCT", a ud1) in later kernels. */
static bool is_trampoline(const struct collecting *c, uint64_t address, const uint8_t *code,
			  size_t left)
{
	static const uint8_t ends[][3] = {{0x0f, 0xb9, 0xcc}, {'S', 'C', 'T'}};
	struct symbol symbol;

	return (symbols_at(c->kernel->symbols, address, &symbol) && symbol.address == address &&
		!strncmp(symbol.name, "__SCT__", 7)) ||
	       (left >= 8 && (!memcmp(code + 5, ends[0], 3) || !memcmp(code + 5, ends[1], 3)));
}

/* The trampolines of static calls are code of their own, a jump each. */
static struct err *add_trampolines(struct collecting *c)
{
	struct text_site site = {.kind = SITE_STATIC_CALL, .length = 5};
	struct table table;

	if (!collect_table(c, ".static_call.text", "__static_call_text_start",
			   "__static_call_text_end", &table))
		return NULL;
	for (size_t i = 0; i + site.length <= table.size; i += 4) {
		site.address = table.address + i;
		if (collect_wants(c, site.address) &&
		    is_trampoline(c, site.address, table.bytes + i, table.size - i))
			TRY(collect_site(c, &site));
	}
	return NULL;
}

#define KPROBE_BUCKETS 64 /* KPROBE_TABLE_SIZE, kernel/kprobes.c */
#define KPROBES_MAX 100000

static struct err *add_bucket(struct collecting *c, uint64_t first, const struct member *hlist)
{
	struct text_site site = {.kind = SITE_KPROBE, .length = 5};
	_chain_walk_ struct chain_walk chain;

	chain_walk_init(&chain, c->kernel, first, 0, KPROBES_MAX);
	while (chain_walk_next(&chain))
		if (err_ok(member_read(c->kernel, chain.node - member_offset(hlist),
				       MEMBER_KPROBE_ADDR, &site.address)) &&
		    collect_wants(c, site.address))
			TRY(collect_site(c, &site));
	return NULL;
}

static struct err *add_kprobes(struct collecting *c)
{
	const struct member *hlist = members_get(c->kernel->members, MEMBER_KPROBE_HLIST);
	uint64_t table, first;

	if (!hlist || !symbols_find(c->kernel->symbols, "kprobe_table", &table))
		return NULL;
	for (unsigned i = 0; i < KPROBE_BUCKETS; i++)
		if (err_ok(memory_read_u64(c->kernel->memory, table + i * 8, &first)) && first)
			TRY(add_bucket(c, first, hlist));
	return NULL;
}

/* FineIBT rewrites functions' heads and their callers by rules of its own (931ab63664f0 v6.2). */
static struct err *refuse_cfi(struct collecting *c)
{
	struct table table;

	return collect_table(c, ".cfi_sites", "__cfi_sites", "__cfi_sites_end", &table) &&
			       table.size
		       ? err_new(ERR_UNSUPPORTED, "this kernel was built to check its indirect "
						  "calls, which rewrites code in ways not known "
						  "here")
		       : NULL;
}

static int by_address(const void *a, const void *b)
{
	const struct text_site *one = a, *other = b;

	return (one->address > other->address) - (one->address < other->address);
}

void text_sites_sort(struct text_sites *sites)
{
	if (sites->count)
		qsort(sites->list, sites->count, sizeof(*sites->list), by_address);
}

struct err *text_sites_collect(struct kernel *kernel, const struct text_file *file, uint64_t start,
			       uint64_t end, struct text_sites *ret)
{
	struct collecting c = {kernel, file, start, end, ret};

	TRY(refuse_cfi(&c));
	TRY(add_simple(&c));
	TRY(add_calls(&c));
	TRY(add_mcount(&c));
	TRY(collect_tables(&c));
	TRY(add_constants(&c));
	TRY(add_named(&c));
	TRY(add_trampolines(&c));
	TRY(add_kprobes(&c));
	text_sites_sort(ret);
	return NULL;
}

void text_sites_deinit(struct text_sites *sites)
{
	free(sites->list);
	*sites = (struct text_sites){0};
}

const struct text_site *text_sites_next(const struct text_sites *sites, uint64_t address,
					size_t *from)
{
	size_t low = *from, high = sites->count;

	/* The first that can reach the address, then each until they begin beyond it. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (sites->list[middle].address + SITE_LENGTH_MAX <= address)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < sites->count && sites->list[low].address <= address; low++)
		if (address - sites->list[low].address < sites->list[low].length) {
			*from = low + 1;
			return &sites->list[low];
		}
	*from = sites->count;
	return NULL;
}
