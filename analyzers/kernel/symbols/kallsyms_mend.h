/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_KALLSYMS_MEND
#define TRIAGE_KERNEL_SYMBOLS_KALLSYMS_MEND

#include "kernel/symbols/kallsyms.h"
#include "kernel/symbols/kallsyms_source.h"

/*
 * The names at address, some of which are damaged or cannot be read: read anew from each of the kernel's markers
 * (kallsyms_markers, the place of every 256th name). Names of a run that does not end where the next one
 * begins become empty, all of them: tables->lost says how many. The tokens must have been read. ERR_CORRUPT where no
 * markers are found in front of the tokens, or most names are lost.
 */
struct err *kallsyms_mend_names(const struct kallsyms_source *source, uint64_t address,
				uint64_t tokens, struct kallsyms_tables *tables);

#endif
