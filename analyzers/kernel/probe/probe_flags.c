/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Enumerations of pages' flags and types, out of the names that the kernel prints of them. */
#include "kernel/probe/probe_flags.h"

#include <string.h>

#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define FLAGS_MAX 64u
#define TYPES_MAX 16u
#define FIRST_TYPE 0xf0u /* the lowest a page's type is: include/linux/page-flags.h */

struct name {
	const char *name, *enumerator;
};

/* Those that anybody asks for. */
static const struct name flags[] = {
	{"locked", "PG_locked"},       {"uptodate", "PG_uptodate"}, {"slab", "PG_slab"},
	{"tail", "PG_tail"},	       {"reserved", "PG_reserved"}, {"buddy", "PG_buddy"},
	{"writeback", "PG_writeback"},
};
static const struct name page_types[] = {
	{"table", "PGTY_table"},
	{"offline", "PGTY_offline"},
	{"hugetlb", "PGTY_hugetlb"},
	{"large_kmalloc", "PGTY_large_kmalloc"},
};

static struct err *add(struct type_provider *types, const char *type, const struct name *names,
		       size_t count, const char *name, uint64_t value)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(names[i].name, name))
			return probed_add_enumerator(types, type, names[i].enumerator, value);
	return NULL;
}

static bool read_name(struct kernel *kernel, uint64_t at, char name[static 32])
{
	uint64_t string;

	return err_ok(memory_read_u64(kernel->memory, at, &string)) &&
	       memory_is_kernel(kernel->memory, string) &&
	       err_ok(memory_read_string(kernel->memory, string, name, 32));
}

/* pageflag_names: struct trace_print_flags, a mask and a name; the last has no name. */
static struct err *add_flags(struct kernel *kernel, struct type_provider *types)
{
	uint64_t table, mask;
	char name[32];

	if (!symbols_find(kernel->symbols, "pageflag_names", &table))
		return NULL;
	for (unsigned i = 0; i < FLAGS_MAX; i++, table += 16) {
		if (!err_ok(memory_read_u64(kernel->memory, table, &mask)) ||
		    !read_name(kernel, table + 8, name))
			break;
		if (mask && !(mask & (mask - 1)))
			TRY(add(types, "pageflags", flags, ARRAY_SIZE(flags), name,
				(uint64_t)__builtin_ctzll(mask)));
	}
	return NULL;
}

/* page_type_names, since 4ffca5a96678 v6.12: names alone, in the types' order. */
static struct err *add_types(struct kernel *kernel, struct type_provider *types)
{
	struct symbol symbol;
	uint64_t table;
	char name[32];

	if (!symbols_find(kernel->symbols, "page_type_names", &table) ||
	    !symbols_at(kernel->symbols, table, &symbol))
		return NULL;
	for (unsigned i = 0; i < MIN(symbol.size / 8, TYPES_MAX); i++)
		if (read_name(kernel, table + 8 * i, name))
			TRY(add(types, "pagetype", page_types, ARRAY_SIZE(page_types), name,
				FIRST_TYPE + i));
	return NULL;
}

struct err *probe_flags(struct kernel *kernel, struct type_provider *types)
{
	TRY(add_flags(kernel, types));
	return add_types(kernel, types);
}
