/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TEXT_TEXT_COLLECT
#define TRIAGE_KERNEL_TEXT_TEXT_COLLECT

#include "kernel/kernel.h"
#include "kernel/text/text_file.h"
#include "kernel/text/text_sites.h"

/*
 * The places in [start, end), all of it code in file, that the kernel patches itself; into an empty
 * list, sorted. ERR_NOT_FOUND when a table is there but not the type to read it by: what differs
 * then cannot be told from what was patched. ERR_UNSUPPORTED when all code may have been rewritten.
 */
struct err *text_collect(struct kernel *kernel, const struct text_file *file, uint64_t start,
			 uint64_t end, struct text_sites *ret);

#endif
