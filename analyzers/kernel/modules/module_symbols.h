/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MODULES_MODULE_SYMBOLS
#define TRIAGE_KERNEL_MODULES_MODULE_SYMBOLS

#include "base/error.h"

struct kernel;
struct symbol_list;

/*
 * All named symbols of a module into list; kallsyms as in struct module. What was added before an
 * error is good. ERR_NOT_FOUND for a module without a table.
 */
struct err *module_symbols_read(struct kernel *kernel, const char *module, uint64_t kallsyms,
				struct symbol_list *list);

#endif
