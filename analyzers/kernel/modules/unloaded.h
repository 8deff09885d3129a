/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MODULES_UNLOADED
#define TRIAGE_KERNEL_MODULES_UNLOADED

#include "base/str.h"
#include "kernel/kernel.h"

/*
 * Appends the modules with a taint of their own that were unloaded, "lab (OE), old (P) 3 times", as the
 * kernel counts them where it is built to (kernel/module/tracking.c: unloaded_tainted_modules, 99bd9956551b
 * v5.19; letters as in "Modules linked in:"). Nothing where it keeps no such list.
 */
void unloaded_put_tainted(struct kernel *kernel, struct str *text);

#endif
