/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TEXT_TEXT_COLLECT
#define TRIAGE_KERNEL_TEXT_TEXT_COLLECT

#include "kernel/text/text_sites.h"

/* Between text_sites.c and text_tables.c alone. */
struct collecting {
	struct kernel *kernel;
	const struct text_file *file;
	uint64_t start, end;
	struct text_sites *sites;
};

/* A table's bytes, and where they are in the dead kernel. */
struct table {
	const uint8_t *bytes;
	uint64_t address;
	size_t size;
};

/* The file's code at an address, of length bytes; NULL when it is not wholly there. */
const uint8_t *collect_code(const struct text_file *file, uint64_t address, size_t length);
/* Bytes of the instruction in the file's code at an address; 0 when there is none. */
uint32_t collect_length(const struct collecting *c, uint64_t address);
/* May a site at this address reach into the range? */
bool collect_wants(const struct collecting *c, uint64_t address);
/* Add it if it does; those of no length, or not in the file's code, do not count. */
struct err *collect_site(struct collecting *c, const struct text_site *site);
/*
 * A table by its section, or in a vmlinux by the symbols (may be NULL) around it. A module has each
 * in a section of its own; in a vmlinux many are part of larger sections, and the symbols are those
 * of the dump, since a file may be stripped.
 */
bool collect_table(const struct collecting *c, const char *section, const char *first,
		   const char *last, struct table *ret);
/* The tables of structures: alternatives, static keys and calls, paravirt. */
struct err *collect_tables(struct collecting *c);

#endif
