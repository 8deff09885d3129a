/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_DWARF_PLACE
#define TRIAGE_KERNEL_TYPES_DWARF_PLACE

#include "base/error.h"

/* A place in the code of a user program's file, as the kernel's log tells it. */
struct dwarf_code {
	bool in_file; /* offset is one of the file; else of the mapping of its code */
	uint64_t offset;
	const uint8_t *bytes; /* the code that ran; bytes[at] is at the offset */
	size_t length, at;
};

#define DWARF_INLINED_MAX 8

struct dwarf_place {
	char symbol[256]; /* "" unknown; as the linker has it */
	uint64_t symbol_offset;
	char file[256]; /* "" unknown */
	int line;
	char inlined[DWARF_INLINED_MAX][128]; /* functions inlined there, innermost first */
	size_t inlined_count;
	uint64_t address;  /* in the file, as linked */
	char build_id[64]; /* of the file, hex digits; "" it has none */
};

/*
 * Finds the place by the file's symbols and DWARF. Takes fd over. False in *found where the file is
 * none, or its code there is not the code that ran: it is another version. Fails on out-of-memory
 * alone.
 */
struct err *dwarf_place_find(int fd, const struct dwarf_code *code, struct dwarf_place *ret,
			     bool *found);

/*
 * The same out of the file's separate debug file, for what the file itself does not tell. Takes fd
 * over; a file with another build-id is not taken. Fails on out-of-memory alone.
 */
struct err *dwarf_place_debug(int fd, struct dwarf_place *place);

#endif
