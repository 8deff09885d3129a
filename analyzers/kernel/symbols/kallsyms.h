/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_KALLSYMS
#define TRIAGE_KERNEL_SYMBOLS_KALLSYMS

#include <stddef.h>

#include "base/error.h"

/*
 * The kernel's own symbol table (kernel/kallsyms.c, written by scripts/kallsyms.c): names as
 * strings of one-byte tokens, and addresses in ascending order. This decodes tables that are in
 * our memory; kallsyms_read.c gets them there.
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
	uint16_t token_index[KALLSYMS_TOKENS];
};

struct kallsyms;

void kallsyms_tables_deinit(struct kallsyms_tables *tables);
#define _kallsyms_tables_ _cleanup_(kallsyms_tables_deinit)

/*
 * Check the tables and make them searchable. Takes the buffers over, also on error. ERR_CORRUPT
 * when names or tokens run past their end, or most addresses do not ascend.
 */
struct err *kallsyms_open(struct kallsyms_tables *tables, struct kallsyms **ret);
void kallsyms_close(struct kallsyms *kallsyms);
DEFINE_CLEANUP(struct kallsyms, kallsyms_close)

size_t kallsyms_count(const struct kallsyms *kallsyms);
/* How many of them have no name, as it was damaged or could not be read; why, where any. */
size_t kallsyms_lost(const struct kallsyms *kallsyms, enum err_code *why);
/* The same of their addresses: such an entry has no name either, and is not found by it. */
size_t kallsyms_lost_addresses(const struct kallsyms *kallsyms, enum err_code *why);
/* i < count; addresses ascend with i. Of an entry that has none, that of the last one before it that has, or 0. */
uint64_t kallsyms_address(const struct kallsyms *kallsyms, size_t i);
bool kallsyms_has_address(const struct kallsyms *kallsyms, size_t i);
/* Let it have none, as it was found to be wrong. */
struct err *kallsyms_drop_address(struct kallsyms *kallsyms, size_t i);
/* Move what is relative to kallsyms_relative_base, when that turns out to be damaged. False when nothing is. */
bool kallsyms_move_base(struct kallsyms *kallsyms, uint64_t by);
/* The name, cut to fit and NUL-terminated, into buf; returns the type letter ('T', 'd', …). */
char kallsyms_name(const struct kallsyms *kallsyms, size_t i, char *buf, size_t size);
/* The last entry at or below the address, be it one that has none; of aliases the first. False when below all. */
bool kallsyms_at(const struct kallsyms *kallsyms, uint64_t address, size_t *ret);
/* First entry with this name. Hashes all names when first called. */
bool kallsyms_find(struct kallsyms *kallsyms, const char *name, size_t *ret);
/* First text entry with this name and a suffix that begins with a dot. */
bool kallsyms_find_suffixed(const struct kallsyms *kallsyms, const char *name, size_t *ret);

/*
 * How many tokens the compressed name at names has; they follow its length, which takes *header
 * bytes. 0 when size ends before them. The length takes two bytes when the first one's high bit is
 * set: "big" symbols, 73bbb94466fd v6.1; before that, no name was long enough to set it.
 */
size_t kallsyms_name_length(const uint8_t *names, size_t size, size_t *header);

#endif
