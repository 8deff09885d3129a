/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TYPES_DWARF_VARIABLE
#define TRIAGE_KERNEL_TYPES_DWARF_VARIABLE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A register at an instruction, and what is reached through it. */
struct dwarf_use {
	uint64_t address; /* of the instruction, as linked */
	unsigned reg;	  /* DWARF's number: System V ABI for AMD64, figure 3.36 */
	int64_t offset;	  /* bytes behind what the register points to */
	bool loaded;	  /* what stands there is a pointer itself, and was used in turn: */
	int64_t then;	  /* bytes behind what that points to */
	bool indexed;	  /* an index was added to it as well */
};

/*
 * How the source calls what was accessed: "node->next", "this->first.words[i]", by the variable that
 * the register holds there (location lists) and its type. The file is any with DWARF; fd stays the
 * caller's. False where no variable is known to be in it, or its type has nothing there.
 */
bool dwarf_variable_use(int fd, const struct dwarf_use *use, char *ret, size_t size);

#endif
