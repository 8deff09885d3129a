/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_DWARF
#define TRIAGE_KERNEL_TYPES_DWARF

#include "kernel/types/dwarf_file.h"
#include "kernel/types/type.h"

/* Types of a vmlinux's DWARF, or of the file its debug information was moved to: see dwarf_file_open(). */
struct err *dwarf_open(int fd, const struct dwarf_search *search, struct type_provider **ret);

/* A place in the source. */
struct source_line {
	char file[256];
	unsigned line;
	char function[128];
};

/*
 * Where a link-time address comes from: the innermost inlined function first, then who it was
 * inlined into. How many of at most max there are; 0 if unknown.
 */
size_t dwarf_lines(struct type_provider *dwarf, uint64_t address, struct source_line *ret,
		   size_t max);

#endif
