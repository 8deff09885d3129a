/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sorted list of symbols, by name and by address. */
#include "kernel/symbols/symbol_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"

#define MAX_ENTRIES 4000000u
#define MAX_STRINGS (256u << 20)

void symbol_list_deinit(struct symbol_list *list)
{
	free(list->entries);
	str_deinit(&list->strings);
	hash_index_deinit(&list->index);
	*list = (struct symbol_list){0};
}

const char *symbol_list_name(const struct symbol_list *list, size_t i)
{
	return list->strings.data + list->entries[i].name;
}

struct err *symbol_list_add(struct symbol_list *list, uint64_t address, char type, const char *name,
			    size_t length)
{
	if (list->count >= MAX_ENTRIES || list->strings.length + length >= MAX_STRINGS)
		return err_new(ERR_LIMIT, "more than %zu symbols", list->count);
	if (!array_grow(list->entries, list->count))
		return &err_nomem;
	list->entries[list->count++] = (struct symbol_entry){
		address, (uint32_t)list->strings.length, is_printable(&type, 1) ? type : '?'};
	str_append(&list->strings, name, strnlen(name, length));
	str_append(&list->strings, "", 1);
	return list->strings.failed ? &err_nomem : NULL;
}

static size_t underscores(const char *name)
{
	return strspn(name, "_");
}

static int compare(const void *a, const void *b, void *context)
{
	const struct symbol_entry *x = a, *y = b;
	const char *strings = context;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	bool x_weak = x->type == 'w' || x->type == 'W', y_weak = y->type == 'w' || y->type == 'W';
	if (x_weak != y_weak)
		return x_weak ? 1 : -1;
	size_t x_prefix = underscores(strings + x->name), y_prefix = underscores(strings + y->name);
	if (x_prefix != y_prefix)
		return x_prefix < y_prefix ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

static bool is_name(const void *table, uint32_t entry, const void *name)
{
	return !strcmp(symbol_list_name(table, entry), name);
}

struct err *symbol_list_finish(struct symbol_list *list)
{
	if (list->count)
		qsort_r(list->entries, list->count, sizeof(*list->entries), compare,
			list->strings.data);
	if (!hash_index_init(&list->index, list->count))
		return &err_nomem;
	for (size_t i = 0; i < list->count; i++) {
		const char *name = symbol_list_name(list, i);

		hash_index_add(&list->index, hash_string(name), (uint32_t)i, is_name, list, name);
	}
	return NULL;
}

bool symbol_list_at(const struct symbol_list *list, uint64_t address, size_t *ret)
{
	const struct symbol_entry *entries = list->entries;
	size_t after = array_first(list->count, i, entries[i].address > address);

	if (!after)
		return false;
	address = entries[after - 1].address;
	*ret = array_first(after, i, entries[i].address == address);
	return true;
}

bool symbol_list_find(const struct symbol_list *list, const char *name, size_t *ret)
{
	uint32_t entry;

	if (!list->index.slots ||
	    !hash_index_find(&list->index, hash_string(name), is_name, list, name, &entry))
		return false;
	*ret = entry;
	return true;
}

bool symbol_list_find_suffixed(const struct symbol_list *list, const char *name, size_t *ret)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < list->count; i++) {
		const char *candidate = symbol_list_name(list, i);

		if (strchr("tTwW", list->entries[i].type) && !strncmp(candidate, name, length) &&
		    candidate[length] == '.') {
			*ret = i;
			return true;
		}
	}
	return false;
}
