/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The symbols of a module: what the kernel keeps of its ELF symbol table (struct mod_kallsyms;
 * kernel/module/kallsyms.c, kernel/module.c before v5.19). During its init function that is all of
 * it, in init memory; after that the copy that layout_symtab() made for the core.
 */
#include "kernel/modules/module_symbols.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/dump/dump.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"

#define SYMBOLS_MAX 500000u
#define STRINGS_MAX (16u << 20)

struct table {
	uint64_t symtab, strtab, typetab; /* typetab 0: the type letter is in st_info */
	size_t count;
	Elf64_Sym *symbols;
	char *strings; /* terminated */
	size_t strings_size;
	char *types; /* NULL without typetab */
};

static void table_deinit(struct table *table)
{
	free(table->symbols);
	free(table->strings);
	free(table->types);
}

static struct err *read_table(struct kernel *kernel, const char *module, uint64_t kallsyms,
			      struct table *table)
{
	uint64_t count;

	TRY(member_read(kernel, kallsyms, MEMBER_MODULE_SYMTAB, &table->symtab));
	TRY(member_read(kernel, kallsyms, MEMBER_MODULE_STRTAB, &table->strtab));
	TRY(member_read(kernel, kallsyms, MEMBER_MODULE_SYMTAB_COUNT, &count));
	if (members_has(kernel->members, MEMBER_MODULE_TYPETAB))
		TRY(member_read(kernel, kallsyms, MEMBER_MODULE_TYPETAB, &table->typetab));
	if (count > SYMBOLS_MAX)
		return err_at(ERR_CORRUPT, kallsyms, "%llu symbols in module \"%s\"",
			      (unsigned long long)count, module);
	table->count = (size_t)count;
	return NULL;
}

static struct err *read_symbols(struct kernel *kernel, struct table *table)
{
	table->symbols = calloc(table->count + 1, sizeof(*table->symbols));
	if (!table->symbols)
		return &err_nomem;
	return memory_read(kernel->memory, table->symtab, table->symbols,
			   table->count * sizeof(*table->symbols));
}

static struct err *read_types(struct kernel *kernel, struct table *table)
{
	if (!table->typetab)
		return NULL;
	table->types = calloc(table->count + 1, 1);
	if (!table->types)
		return &err_nomem;
	return memory_read(kernel->memory, table->typetab, table->types, table->count);
}

/*
 * Nothing tells the size of the strings: they are read to the end of the page of the last name, or
 * of the next page when that cuts the name.
 */
static struct err *read_strings(struct kernel *kernel, struct table *table)
{
	size_t last = 0, size;

	for (size_t i = 0; i < table->count; i++)
		if (table->symbols[i].st_name < STRINGS_MAX)
			last = MAX(last, table->symbols[i].st_name);
	size = last + PAGE_SIZE - (table->strtab + last) % PAGE_SIZE;
	table->strings = calloc(1, size + PAGE_SIZE + 1);
	if (!table->strings)
		return &err_nomem;
	TRY(memory_read(kernel->memory, table->strtab, table->strings, size));
	table->strings_size = size;
	if (!memchr(table->strings + last, '\0', size - last) &&
	    err_ok(memory_read(kernel->memory, table->strtab + size, table->strings + size,
			       PAGE_SIZE)))
		table->strings_size += PAGE_SIZE;
	return NULL;
}

/* The null symbol, undefined ones, and the local labels the kernel does not show either. */
static bool is_shown(const struct table *table, const Elf64_Sym *symbol)
{
	if (symbol->st_shndx == SHN_UNDEF || symbol->st_name >= table->strings_size)
		return false;
	const char *name = table->strings + symbol->st_name;
	return strncmp(name, ".L", 2) && is_printable(name, strlen(name));
}

static struct err *add_symbols(const struct table *table, struct symbol_list *list)
{
	for (size_t i = 0; i < table->count; i++) {
		const Elf64_Sym *symbol = &table->symbols[i];

		if (!is_shown(table, symbol))
			continue;
		const char *name = table->strings + symbol->st_name;
		char type = table->types ? table->types[i] : (char)symbol->st_info;
		TRY(symbol_list_add(list, symbol->st_value, type, name,
				    strnlen(name, SYMBOL_NAME_MAX - 1)));
	}
	return NULL;
}

struct err *module_symbols_read(struct kernel *kernel, const char *module, uint64_t kallsyms,
				struct symbol_list *list)
{
	_cleanup_(table_deinit) struct table table = {0};

	if (!kallsyms)
		return err_new(ERR_NOT_FOUND, "module \"%s\" has no symbol table", module);
	TRY(read_table(kernel, module, kallsyms, &table));
	TRY(read_symbols(kernel, &table));
	TRY(read_types(kernel, &table));
	TRY(read_strings(kernel, &table));
	return add_symbols(&table, list);
}
