/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_DWARF_PLACE
#define TRIAGE_KERNEL_TYPES_DWARF_PLACE

#include "base/error.h"

/* A place in the code of a user program's file, as the kernel's log tells it. */
struct dwarf_code {
	bool in_file; /* offset is one of the file; else of the mapping of its code */
	uint64_t offset;
	const uint8_t *bytes; /* the code that ran; bytes[at] is at the offset */
	size_t length, at;    /* length 0: the log has none */
	uint64_t mapping;     /* bytes of the code's mapping; 0 unknown */
};

#define DWARF_INLINED_MAX 8

struct dwarf_place {
	bool same_code;	    /* the code that ran is the file's; else only its mapping's size is */
	char symbol[256];   /* "" unknown; as the linker has it */
	char function[256]; /* the symbol as the source has it: C++, Rust */
	uint64_t symbol_offset;
	char file[256]; /* "" unknown */
	int line;
	char inlined[DWARF_INLINED_MAX][256]; /* functions inlined there, innermost first */
	size_t inlined_count;
	uint64_t address; /* in the file, as linked */
	uint64_t file_offset;
	char build_id[64]; /* of the file, hex digits; "" it has none */
};

/*
 * Finds the place by the file's symbols and DWARF. fd stays the caller's. False in *found where the
 * file is none, or its code there is not the code that ran: it is another version. Where the log has no
 * code, the size of the mapping has to be that of the file's only segment of code. Fails on
 * out-of-memory alone.
 */
struct err *dwarf_place_find(int fd, const struct dwarf_code *code, struct dwarf_place *ret,
			     bool *found);

/*
 * The same out of the file's separate debug file, for what the file itself does not tell. fd stays the
 * caller's; a file with another build-id is not taken. Fails on out-of-memory alone.
 */
struct err *dwarf_place_debug(int fd, struct dwarf_place *place);

/*
 * The file's code from the function's beginning, or at most so near that the place itself and 16 bytes
 * behind fit into the buffer. *at: of the place in it. 0 when there is none.
 */
size_t dwarf_place_text(int fd, const struct dwarf_place *place, uint8_t *ret, size_t size,
			size_t *at);

#endif
