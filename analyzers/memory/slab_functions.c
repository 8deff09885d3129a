/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory/slab_functions.h"

#include <string.h>

#define FRAMES 3 /* a fault's own entry code may stand above */

bool allocator_has(const char *symbol)
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

bool allocator_crashed(const struct findings *findings)
{
	size_t from = 0, i;
	const struct finding *trace = findings_next(findings, FINDING_BACKTRACE, &from);
	json_t *frame;

	json_array_foreach(trace ? json_object_get(trace->evidence, "backtrace") : NULL, i, frame)
	{
		const char *symbol = json_string_value(json_object_get(frame, "symbol"));

		if (i >= FRAMES)
			break;
		if (symbol && allocator_has(symbol))
			return true;
	}
	return false;
}
