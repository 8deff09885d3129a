/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells functions of the slab allocator by their names. */
#include "memory/slab_functions.h"

#include <string.h>

#define FRAMES 3 /* the innermost may be the entry code of the fault */

bool slab_functions_has(const char *symbol)
{
	static const char *const words[] = {
		"kmalloc",	   "kmem_cache_",      "kfree",
		"kvfree",	   "slab_alloc",       "slab_free",
		"sheaf",	   "sheaves",	       "freelist",
		"refill_objects",  "get_partial_node", "get_from_partial",
		"set_freepointer", "__pcs_replace",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(symbol, words[i]))
			return true;
	return false;
}

bool slab_functions_crashed(const struct crash *crash)
{
	struct symbol symbol;

	for (size_t i = 0; i < MIN(crash->trace.count, FRAMES); i++)
		if (crash_frame_symbol(crash, i, &symbol) && slab_functions_has(symbol.name))
			return true;
	return false;
}
