/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MEMORY_LINUX_FIND
#define TRIAGE_KERNEL_MEMORY_LINUX_FIND

#include "kernel/dump/dump.h"

/*
 * Look through the pages of a dump for a Linux kernel, 16 GiB of them at most. seen says whether every page was
 * read: where some were not, that none was found says nothing.
 */
struct err *linux_find(const struct dump *dump, bool *found, bool *seen);

#endif
