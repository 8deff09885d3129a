/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_KALLSYMS_READ
#define TRIAGE_KERNEL_SYMBOLS_KALLSYMS_READ

#include "kernel/symbols/kallsyms.h"
#include "kernel/symbols/kallsyms_source.h"

/* Run-time addresses of the tables. */
struct kallsyms_places {
	enum kallsyms_values kind;
	uint64_t base; /* as in struct kallsyms_tables */
	uint64_t values, num_syms, names, tokens, token_index;
	uint64_t values_end; /* where they end, but for what aligns the next table; 0: not known */
};

/*
 * Read all tables. Exactly count names are kept; of the pages behind them those alone are touched where markers tell
 * whether the names are sound. Where they are not, or their count, tokens or markers are damaged, what can be had is
 * (kallsyms_mend.h, kallsyms_tokens.h).
 */
struct err *kallsyms_read(const struct kallsyms_source *source,
			  const struct kallsyms_places *places, struct kallsyms_tables *ret);
/* All of them but the values. */
struct err *kallsyms_read_count_and_names(const struct kallsyms_source *source,
					  const struct kallsyms_places *places,
					  struct kallsyms_tables *tables);
/*
 * The parts: tables->count (and kind) must be set. The end of the names shows in walking them. Addresses that cannot be
 * read are marked in tables->sound.
 */
struct err *kallsyms_read_names(const struct kallsyms_source *source, uint64_t address,
				struct kallsyms_tables *tables);
struct err *kallsyms_read_values(const struct kallsyms_source *source, uint64_t address,
				 struct kallsyms_tables *tables);

#endif
