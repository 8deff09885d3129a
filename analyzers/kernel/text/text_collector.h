/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TEXT_TEXT_COLLECTOR
#define TRIAGE_KERNEL_TEXT_TEXT_COLLECTOR

#include "kernel/kernel.h"
#include "kernel/text/text_file.h"
#include "kernel/text/text_sites.h"

/* Gathers the sites in [start, end) out of the tables in the file the code came from. */
struct text_collector {
	struct kernel *kernel;
	const struct text_file *file;
	uint64_t start, end; /* in the dead kernel */
	struct text_sites *sites;
};

/* A table's bytes, and where they are in the dead kernel. */
struct text_table {
	const uint8_t *bytes;
	uint64_t address;
	size_t size;
};

/* The file's code at an address, of length bytes; NULL when it is not wholly there. */
const uint8_t *text_collector_code(const struct text_collector *collector, uint64_t address,
				   size_t length);
/* Bytes of the instruction in the file's code at an address; 0 when there is none. */
uint32_t text_collector_length(const struct text_collector *collector, uint64_t address);
/* May a site at this address reach into the range? */
bool text_collector_wants(const struct text_collector *collector, uint64_t address);
/* Add a site if it does reach in; one of no length, or not in the file's code, does not count. */
struct err *text_collector_add(struct text_collector *collector, const struct text_site *site);
/*
 * A table by its section, or in a vmlinux by the symbols (may be NULL) around it; false when there
 * is none. A module has each in a section of its own; in a vmlinux many are part of larger
 * sections, and the symbols are those of the dump, since a file may be stripped.
 */
bool text_collector_table(const struct text_collector *collector, const char *section,
			  const char *first, const char *last, struct text_table *ret);

#endif
