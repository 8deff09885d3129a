/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/parse.h"
#include "kernel/symbols/vmlinux.h"

/* As in vmlinux.c: what lies below is no address of the image. */
#define IMAGE_LOW 0xffffffff80000000ull
#define NAME_MAX_LENGTH 511

/* "ffffffff81000000 T _text" */
static bool parse_line(const char *line, size_t length, uint64_t *address, char *type,
		       const char **name)
{
	const char *space = memchr(line, ' ', length);

	if (!space || !parse_hex(line, (size_t)(space - line), address) ||
	    length < (size_t)(space - line) + 4 || space[2] != ' ')
		return false;
	*type = space[1];
	*name = space + 3;
	return true;
}

struct err *system_map_symbols(const char *text, size_t length, uint64_t offset,
			       struct symbol_list *list)
{
	const char *end = text + length;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text)), *name;
		uint64_t address;
		char type;

		if (!stop)
			stop = end;
		/* Debian's package of the kernel alone has one line of prose in place of a map. */
		if (!parse_line(text, (size_t)(stop - text), &address, &type, &name) ||
		    memchr(name, ' ', (size_t)(stop - name)))
			return err_new(ERR_INVALID, "not a System.map");
		TRY(symbol_list_add(list, address >= IMAGE_LOW ? address + offset : address, type,
				    name, MIN((size_t)(stop - name), NAME_MAX_LENGTH)));
		text = stop + 1;
	}
	return NULL;
}
