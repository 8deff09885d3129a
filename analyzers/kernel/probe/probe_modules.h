/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_MODULES
#define TRIAGE_KERNEL_PROBE_PROBE_MODULES

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * Add the members of struct module (include/linux/module.h): its memory, symbols and unwind tables.
 * A struct module lies in its own module's memory, which tells where that is written down. Fails on
 * out-of-memory alone.
 */
struct err *probe_modules(struct kernel *kernel, struct type_provider *types);

#endif
