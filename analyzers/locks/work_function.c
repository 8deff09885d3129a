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
		symbol_name_with_module(symbol.name, symbol.module, buf, size);
	else
		copy_string(buf, size, "unknown");
}
