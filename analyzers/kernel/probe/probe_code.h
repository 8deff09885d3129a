/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_CODE
#define TRIAGE_KERNEL_PROBE_PROBE_CODE

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * Members by the kernel's own code: those that accessors.def names, where the function uses its
 * argument as the table says and in no other way. One that memory told of already is believed more
 * for it, or dropped when the code says another place. In kernels older than those that the
 * lines were tried on, two have to agree. Fails on out-of-memory alone.
 */
struct err *probe_code(struct kernel *kernel, struct type_provider *types);

#endif
