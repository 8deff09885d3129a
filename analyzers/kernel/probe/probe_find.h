/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_FIND
#define TRIAGE_KERNEL_PROBE_PROBE_FIND

#include "kernel/types/type.h"

/* Where a member that was found before is, bytes; false where it was not. */
bool probe_find(struct type_provider *types, const char *type, const char *name, uint64_t *ret);

#endif
