/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_BTF_DUMP
#define TRIAGE_KERNEL_TYPES_BTF_DUMP

#include "base/error.h"

struct kernel;

/*
 * The kernel's own BTF out of dump memory (symbols __start_BTF, __stop_BTF) into kernel->types.
 * ERR_NOT_FOUND when the kernel carries none.
 */
struct err *btf_dump_open(struct kernel *kernel);
/* The same of a module, as far as it has any. */
struct err *btf_dump_load(struct kernel *kernel, const char *module);

#endif
