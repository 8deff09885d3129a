/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_LINUX_SIGNS
#define TRIAGE_KERNEL_DUMP_LINUX_SIGNS

#include <stdbool.h>
#include <stddef.h>

#define LINUX_SIGN_BYTES 64 /* the most that one of them needs */

/*
 * What only the memory of a Linux kernel has: the page of VMCOREINFO, or the kernel's banner. memory is of
 * any length and begins at a page's beginning.
 */
bool linux_signs_in(const char *memory, size_t length);

#endif
