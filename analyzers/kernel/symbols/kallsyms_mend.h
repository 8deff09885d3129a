/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_KALLSYMS_MEND
#define TRIAGE_KERNEL_SYMBOLS_KALLSYMS_MEND

#include "kernel/symbols/kallsyms.h"
#include "kernel/symbols/kallsyms_source.h"

/*
 * The names at address, some of which are damaged or cannot be read, or whose markers are: read anew from each of the
 * kernel's markers (kallsyms_markers, the place of every 256th name). Names of a run that does not end where the next
 * one begins become empty, all of them: tables->lost says how many. How many there are is one of counts, the one with
 * which the least is lost, the first of these. The tokens must have been read. ERR_CORRUPT where most are lost.
 */
struct err *kallsyms_mend_names(const struct kallsyms_source *source, uint64_t address,
				uint64_t tokens, const size_t *counts, size_t count,
				struct kallsyms_tables *tables);
/* Names that a token is part of that is lost become empty, too. ERR_CORRUPT when most are. */
struct err *kallsyms_drop_names(struct kallsyms_tables *tables);

#endif
