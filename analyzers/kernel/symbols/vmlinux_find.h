/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_VMLINUX_FIND
#define TRIAGE_KERNEL_SYMBOLS_VMLINUX_FIND

#include <stddef.h>

#include "base/error.h"

/*
 * Look for a vmlinux in the places distributions put it: under root (normally ""), by release and by
 * build-id in hex; either may be NULL, both may come from a dump. *ret is a new fd, path (of size
 * bytes) where it lay. ERR_NOT_FOUND when there is none; one of another build-id is passed over.
 */
struct err *vmlinux_find(const char *root, const char *release, const char *build_id, char *path,
			 size_t size, int *ret);

#endif
