/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_KALLSYMS_SCAN
#define TRIAGE_KERNEL_SYMBOLS_KALLSYMS_SCAN

#include "kernel/symbols/kallsyms_read.h"

/*
 * Search the image for the tables and read them: for kernels before v6.0. They lie together in
 * read-only data in the order in which scripts/kallsyms.c writes them. Looks at one page in 32
 * from start upwards, over length bytes at most; passes over what cannot be read. ERR_NOT_FOUND
 * when they are not there.
 */
struct err *kallsyms_scan(const struct kallsyms_source *source, uint64_t start, uint64_t length,
			  struct kallsyms_tables *ret);

#endif
