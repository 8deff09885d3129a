/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_SYMBOL_LIST
#define TRIAGE_KERNEL_SYMBOLS_SYMBOL_LIST

#include <stddef.h>

#include "base/error.h"
#include "base/str.h"
#include "base/hash.h"

/*
 * Symbols as a plain sorted list: those of a module or a vmlinux. Zero-initialise, add, then
 * symbol_list_finish() once; the look-ups work after that.
 */
struct symbol_entry {
	uint64_t address;
	uint32_t name; /* offset into the strings */
	char type;
};

struct symbol_list {
	struct symbol_entry *entries;
	size_t count;
	struct str strings;
	struct hash_index index;
};

/* name need not be terminated. ERR_LIMIT beyond four million entries or 256 MiB of names. */
struct err *symbol_list_add(struct symbol_list *list, uint64_t address, char type, const char *name,
			    size_t length);
/*
 * Sort by address. Of aliases the one that kallsyms would put first comes first (weak ones last,
 * then by leading underscores: compare_symbols() in scripts/kallsyms.c), so that every source
 * gives an address the same name.
 */
struct err *symbol_list_finish(struct symbol_list *list);
void symbol_list_deinit(struct symbol_list *list);
#define _symbol_list_ _cleanup_(symbol_list_deinit)

const char *symbol_list_name(const struct symbol_list *list, size_t i);
/* As kallsyms_at(), kallsyms_find() and kallsyms_find_suffixed(). */
bool symbol_list_at(const struct symbol_list *list, uint64_t address, size_t *ret);
bool symbol_list_find(const struct symbol_list *list, const char *name, size_t *ret);
bool symbol_list_find_suffixed(const struct symbol_list *list, const char *name, size_t *ret);

#endif
