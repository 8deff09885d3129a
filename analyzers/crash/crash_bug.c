/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bug table (include/asm-generic/bug.h): which ud2 is a BUG() and which a WARN(), and where. */
#include "crash/crash_bug.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/modules/module.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define ENTRIES_MAX (1u << 17)
#define BUGFLAG_WARNING 1

struct table {
	uint64_t start;
	uint64_t count;
};

/* An entry's member; pointers are relative to themselves since b8b572e1015f (x86-64 always). */
static bool entry_pointer(struct kernel *kernel, const uint8_t *entry, uint64_t at,
			  enum member_id id, uint64_t *ret)
{
	const struct member *member = members_get(kernel->members, id);

	if (!member)
		return false;
	uint64_t offset = member_offset(member), size = type_size(member->type);
	if (size == 4)
		*ret = at + offset + (uint64_t)(int64_t)(int32_t)load_u32(entry + offset);
	else
		*ret = load_u64(entry + offset);
	return true;
}

static struct err *search(struct kernel *kernel, struct table table, uint64_t address,
			  uint64_t *found)
{
	uint64_t size = type_size(types_find_struct(kernel->types, "bug_entry"));
	uint8_t block[4096];

	if (!size || size > 64 || table.count > ENTRIES_MAX)
		return err_new(ERR_NOT_FOUND, "no bug table");
	uint64_t per_block = sizeof(block) / size;
	for (uint64_t i = 0; i < table.count; i += per_block) {
		uint64_t count = MIN(per_block, table.count - i), at = table.start + i * size;

		TRY(memory_stream(kernel->memory, at, block, count * size));
		for (uint64_t j = 0; j < count; j++) {
			uint64_t bug;

			if (entry_pointer(kernel, block + j * size, at + j * size, MEMBER_BUG_ADDR,
					  &bug) &&
			    bug == address) {
				*found = at + j * size;
				return NULL;
			}
		}
	}
	return err_at(ERR_NOT_FOUND, address, "no BUG() or WARN()");
}

static struct err *table_of(struct kernel *kernel, uint64_t address, struct table *ret)
{
	const struct module *module =
		kernel->modules ? modules_find(kernel->modules, address) : NULL;
	uint64_t size = type_size(types_find_struct(kernel->types, "bug_entry")), end;

	if (!size)
		return err_new(ERR_NOT_FOUND, "no type for bug_entry");
	if (module) {
		TRY(member_read(kernel, module->address, MEMBER_MODULE_BUG_TABLE, &ret->start));
		TRY(member_read(kernel, module->address, MEMBER_MODULE_NUM_BUGS, &ret->count));
		ret->count = (uint32_t)ret->count;
		return NULL;
	}
	if (!symbols_find(kernel->symbols, "__start___bug_table", &ret->start) ||
	    !symbols_find(kernel->symbols, "__stop___bug_table", &end) || end < ret->start)
		return err_new(ERR_NOT_FOUND, "no bug table");
	ret->count = (end - ret->start) / size;
	return NULL;
}

struct err *crash_bug_find(struct kernel *kernel, uint64_t address, bool *warning, char *place,
			   size_t size)
{
	uint64_t entry, flags, file = 0, line = 0;
	uint8_t bytes[64];
	struct table table;

	TRY(table_of(kernel, address, &table));
	TRY(search(kernel, table, address, &entry));
	TRY(member_read(kernel, entry, MEMBER_BUG_FLAGS, &flags));
	*warning = flags & BUGFLAG_WARNING;
	place[0] = '\0';
	uint64_t entry_size = type_size(types_find_struct(kernel->types, "bug_entry"));
	char name[128];
	if (err_ok(memory_read(kernel->memory, entry, bytes, entry_size)) &&
	    entry_pointer(kernel, bytes, entry, MEMBER_BUG_FILE, &file) &&
	    err_ok(memory_read_string(kernel->memory, file, name, sizeof(name))) &&
	    is_printable(name, strlen(name)) &&
	    err_ok(member_read(kernel, entry, MEMBER_BUG_LINE, &line)))
		snprintf(place, size, "%s:%" PRIu64, name, line);
	return NULL;
}
