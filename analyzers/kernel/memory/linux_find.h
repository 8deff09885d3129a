/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_MEMORY_LINUX_FIND
#define TRIAGE_KERNEL_MEMORY_LINUX_FIND

#include "kernel/dump/dump.h"

/*
 * Look through all pages of a dump for a Linux kernel. seen says whether every page could be read: where some
 * could not, that none was found says nothing.
 */
struct err *linux_find(const struct dump *dump, bool *found, bool *seen);

#endif
