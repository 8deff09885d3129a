/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which functions a dying CPU is in: the one table of them. */
#include "crash/panic_path.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

enum {
	ENDED = PANIC_PATH_ENDED,
	STOPPED = PANIC_PATH_STOPPED,
	DYING = PANIC_PATH_DYING,
	SAVES = PANIC_PATH_SAVES,
	PANIC = PANIC_PATH_PANIC,
	COMMON = PANIC_PATH_COMMON,
};

unsigned panic_path_roles(const char *function)
{
	static const struct {
		const char *function;
		unsigned roles;
	} table[] = {
#define PANIC_FUNCTION(function, roles) {function, roles},
#include "crash/panic_path.def"
#undef PANIC_FUNCTION
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(function, table[i].function))
			return table[i].roles;
	return 0;
}
