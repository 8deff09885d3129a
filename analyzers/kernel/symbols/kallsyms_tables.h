/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_KALLSYMS_TABLES
#define TRIAGE_KERNEL_SYMBOLS_KALLSYMS_TABLES

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/*
 * The kernel's own symbol table (kernel/kallsyms.c, written by scripts/kallsyms.c): names as
 * strings of one-byte tokens, and addresses in ascending order. These are the tables in our memory;
 * kallsyms_read.c gets them there.
 */
enum kallsyms_values {
	/* 64-bit addresses: before 2213e9a66bb8 v4.6, and without KALLSYMS_BASE_RELATIVE. */
	KALLSYMS_ADDRESSES,
	/* 32-bit offsets from kallsyms_relative_base; those of per-CPU symbols may be absolute
	 * (KALLSYMS_ABSOLUTE_PERCPU, gone since 01157ddc58dc v6.15), which the table's order
	 * tells. */
	KALLSYMS_BASE_RELATIVE,
	/* 32-bit offsets from the place of each entry: since a081b5789255 v7.0. */
	KALLSYMS_PLACE_RELATIVE,
};

#define KALLSYMS_MAX 4000000u /* symbols; a kernel has 0.1 to 0.3 million */
#define KALLSYMS_TOKENS 256
#define KALLSYMS_RUN 256 /* names from one of the kernel's markers to the next */
#define KALLSYMS_NONE UINT32_MAX

/* The tables as read; all buffers malloc'd. */
struct kallsyms_tables {
	enum kallsyms_values kind;
	uint64_t base; /* kallsyms_relative_base, or the address of kallsyms_offsets */
	size_t count;  /* kallsyms_num_syms */
	bool counted;  /* that was damaged */
	void *values;  /* count of 8 or 4 bytes */
	size_t values_size;
	bool absolute_percpu;
	uint32_t *sound; /* the last entry up to each whose address is; NULL when all are */
	size_t no_value; /* entries whose address is damaged or could not be read */
	enum err_code why_no_value;
	uint8_t *names; /* kallsyms_names */
	size_t names_size;
	size_t last_run; /* place of the last of every 256th name */
	size_t lost;	 /* names that were damaged, and are empty */
	enum err_code why_lost;
	char *tokens; /* kallsyms_token_table */
	size_t tokens_size;
	size_t lost_tokens; /* that were damaged, and are empty */
	uint16_t token_index[KALLSYMS_TOKENS];
};

void kallsyms_tables_deinit(struct kallsyms_tables *tables);
#define _kallsyms_tables_ _cleanup_(kallsyms_tables_deinit)

#endif
