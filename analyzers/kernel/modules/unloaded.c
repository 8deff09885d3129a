/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads which tainted modules were loaded once and are gone. */
#include "kernel/modules/unloaded.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/walk.h"

#define SHOWN 8

/* Taints that modules bring, by their bit: include/linux/panic.h, TAINT_…, taint_flags[].module. */
static const struct {
	unsigned bit;
	char letter;
} taints[] = {{0, 'P'}, {10, 'C'}, {12, 'O'}, {13, 'E'}, {15, 'K'}, {16, 'X'}, {18, 'N'}};

static void put_module(const char *name, uint64_t mask, uint64_t count, struct str *text)
{
	str_escape(text, name, strlen(name));
	str_puts(text, " (");
	for (size_t i = 0; i < ARRAY_SIZE(taints); i++)
		if (mask >> taints[i].bit & 1)
			str_printf(text, "%c", taints[i].letter);
	str_puts(text, ")");
	if (count > 1)
		str_printf(text, " %" PRIu64 " times", count);
}

void unloaded_put_tainted(struct kernel *kernel, struct str *text)
{
	const struct member *link = members_get(kernel->members, MEMBER_UNLOADED_LIST);
	_list_walk_ struct list_walk walk = {0};
	uint64_t head, mask, count, shown = 0;
	char name[64];

	if (!link || !symbols_find(kernel->symbols, "unloaded_tainted_modules", &head))
		return;
	list_walk_init(&walk, kernel, head, SHOWN);
	while (list_walk_next(&walk)) {
		uint64_t module = walk.node - member_offset(link);

		if (!err_ok(member_read_string(kernel, module, MEMBER_UNLOADED_NAME, name,
					       sizeof(name))) ||
		    !name[0] || !is_printable(name, strlen(name)) ||
		    !err_ok(member_read(kernel, module, MEMBER_UNLOADED_TAINTS, &mask)) ||
		    !err_ok(member_read(kernel, module, MEMBER_UNLOADED_COUNT, &count)))
			continue;
		str_puts(text, shown++ ? ", " : "");
		put_module(name, mask, count, text);
	}
}
