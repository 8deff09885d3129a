/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_KALLSYMS
#define TRIAGE_KERNEL_SYMBOLS_KALLSYMS

#include "kernel/symbols/kallsyms_tables.h"

/* Look-ups in the kernel's symbol table by name and address. */
struct kallsyms;

/*
 * Check the tables and make them searchable. Takes the buffers over, also on error. ERR_CORRUPT
 * when names or tokens run past their end, or most addresses do not ascend.
 */
struct err *kallsyms_open(struct kallsyms_tables *tables, struct kallsyms **ret);
void kallsyms_close(struct kallsyms *kallsyms);
DEFINE_CLEANUP(struct kallsyms, kallsyms_close)

size_t kallsyms_count(const struct kallsyms *kallsyms);
/* Was their number damaged, and is had from the tables themselves? */
bool kallsyms_counted(const struct kallsyms *kallsyms);
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
