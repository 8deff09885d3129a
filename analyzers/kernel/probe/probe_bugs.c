/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of places where the kernel may find a bug of its own. */
#include "kernel/probe/probe_bugs.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/probe_find.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define ENTRIES 32u /* enough witnesses */
#define ENTRY_MAX 16u
#define LINES_MAX 60000u
#define MODULES_MAX 256u
#define LIST_AT 8u /* module.list, behind state */

/* bug_addr_disp, [format_disp since v6.18,] file_disp, line, flags: distances from where they stand. */
struct form {
	size_t size, file;
};
static const struct form forms[] = {{12, 4}, {16, 8}};

static uint64_t at_distance(uint64_t from, const uint8_t *bytes)
{
	return from + (uint64_t)(int64_t)(int32_t)load_u32(bytes);
}

static bool is_trap(struct kernel *kernel, uint64_t address)
{
	uint8_t code[2];

	return err_ok(memory_read(kernel->memory, address, code, sizeof(code))) &&
	       code[0] == 0x0f && (code[1] == 0x0b || code[1] == 0xb9); /* ud2, ud1 */
}

/* "mm/slub.c", "./include/linux/mm.h" */
static bool is_file(struct kernel *kernel, uint64_t address)
{
	char text[160];
	size_t length;

	if (!err_ok(memory_read_string(kernel->memory, address, text, sizeof(text))))
		return false;
	length = strlen(text);
	return length > 2 && is_printable(text, length) && text[length - 2] == '.' &&
	       strchr("chS", text[length - 1]);
}

/*
 * Entries from all over a table of so many: code that ran at boot alone has been given back, and its traps with
 * it.
 */
static bool fits(struct kernel *kernel, uint64_t table, size_t all, const struct form *form)
{
	size_t traps = 0, count = MIN(all, ENTRIES);

	for (size_t i = 0; i < count; i++) {
		uint64_t entry = table + i * (all / count) * form->size;
		uint8_t bytes[ENTRY_MAX];

		if (!err_ok(memory_read(kernel->memory, entry, bytes, form->size)))
			return false;
		unsigned line = load_u32(bytes + form->file + 4) & 0xffff;
		if (!line || line > LINES_MAX ||
		    !is_file(kernel, at_distance(entry + form->file, bytes + form->file)))
			return false;
		traps += is_trap(kernel, at_distance(entry, bytes));
	}
	return count && traps * 4 >= count * 3;
}

static struct err *add_entry(struct type_provider *types, const struct form *form)
{
	TRY(probed_witness(types, "bug_entry", "bug_addr_disp", 0, PROBED_NUMBER(4)));
	TRY(probed_witness(types, "bug_entry", "file_disp", form->file, PROBED_NUMBER(4)));
	TRY(probed_witness(types, "bug_entry", "line", form->file + 4, PROBED_NUMBER(2)));
	TRY(probed_witness(types, "bug_entry", "flags", form->file + 6, PROBED_NUMBER(2)));
	return probed_set_size(types, TYPE_STRUCT, "bug_entry", form->size);
}

/* num_bugs, bug_list, bug_table: of each module that has any, the table begins with a trap of its own. */
static bool has_table(struct kernel *kernel, uint64_t module, uint64_t count_at,
		      const struct form *form, size_t *tables)
{
	uint64_t words[4], count;

	if (!err_ok(memory_read(kernel->memory, module + count_at, words, sizeof(words))))
		return false;
	count = (uint32_t)words[0];
	*tables += count != 0;
	return !count || fits(kernel, words[3], 1, form);
}

static struct err *add_table(struct kernel *kernel, struct type_provider *types,
			     const struct form *form)
{
	uint64_t head, node, count_at;
	size_t tables = 0;

	if (!symbols_find(kernel->symbols, "modules", &head) ||
	    !probe_find(types, "module", "num_bugs", &count_at))
		return NULL;
	node = head;
	for (unsigned i = 0; i < MODULES_MAX; i++) {
		if (!err_ok(memory_read_u64(kernel->memory, node, &node)) ||
		    !memory_is_kernel(kernel->memory, node) || node == head)
			break;
		if (!has_table(kernel, node - LIST_AT, count_at, form, &tables))
			return NULL;
	}
	return tables ? probed_witness(types, "module", "bug_table", count_at + 24, PROBED_POINTER)
		      : NULL;
}

struct err *probe_bugs(struct kernel *kernel, struct type_provider *types)
{
	uint64_t table, end;
	const struct form *form = NULL;

	if (!symbols_find(kernel->symbols, "__start___bug_table", &table) ||
	    !symbols_find(kernel->symbols, "__stop___bug_table", &end) || end <= table)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t count = (end - table) / forms[i].size;

		if ((end - table) % forms[i].size || !fits(kernel, table, count, &forms[i]))
			continue;
		if (form)
			return NULL;
		form = &forms[i];
	}
	if (!form)
		return NULL;
	TRY(add_entry(types, form));
	return add_table(kernel, types, form);
}
