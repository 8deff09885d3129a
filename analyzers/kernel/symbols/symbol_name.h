/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_SYMBOL_NAME
#define TRIAGE_KERNEL_SYMBOLS_SYMBOL_NAME

#include <stddef.h>

#define SYMBOL_NAME_MAX 512 /* KSYM_NAME_LEN: 128, 512 since b8a94bfb3395 v6.1 */

/* Cut a compiler's suffix off a name: ".isra.0", ".constprop.0", ".part.3", ".cold", ".llvm.N". */
void symbol_name_strip_suffix(char *name);

/* "function [module]", "function" where the module is "", the kernel itself. */
void symbol_name_with_module(const char *name, const char *module, char *buf, size_t size);

#endif
