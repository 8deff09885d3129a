/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names the function of a work item. */
#include "locks/work_function.h"

#include <stdio.h>

#include "base/str.h"
#include "kernel/symbols/symbol.h"

void work_function_name(struct kernel *kernel, uint64_t function, char *buf, size_t size)
{
	struct symbol symbol;

	if (symbols_at(kernel->symbols, function, &symbol))
		snprintf(buf, size, "%.120s%s%.40s%s", symbol.name, symbol.module[0] ? " [" : "",
			 symbol.module, symbol.module[0] ? "]" : "");
	else
		copy_string(buf, size, "unknown");
}
