/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_OPEN_MODULE_TYPES
#define TRIAGE_KERNEL_OPEN_MODULE_TYPES

#include "kernel/kernel.h"

/*
 * A types_load_fn of a kernel: a module's own types, by its BTF in the dump, else by the debug information
 * of its file, or of the one that has that file's build-id. A file of another build than the module in the
 * dump is not read. Without any of them nothing is added.
 */
struct err *open_module_types(void *kernel, const char *module);

#endif
