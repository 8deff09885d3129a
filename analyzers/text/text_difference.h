/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_TEXT_TEXT_DIFFERENCE
#define TRIAGE_TEXT_TEXT_DIFFERENCE

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a comparison of code found. */
struct text_difference {
	uint64_t address;
	uint8_t expected, found;
};

#define TEXT_DIFFERENCES_MAX 64
#define TEXT_FLIPPED_BITS 2 /* memory loses one bit, now and then two next to each other */

struct text_comparison {
	size_t bytes;		    /* compared */
	size_t patched;		    /* places the kernel patches itself, as it may */
	size_t hooked;		    /* jumps and calls put there by somebody else, see hook */
	uint64_t hook, hook_target; /* the first such, and where it leads; when hooked */
	size_t unchecked;	    /* bytes in such places, or of unknown value: not compared */
	size_t count;		    /* bytes that differ, more than are listed maybe */
	struct text_difference differences[TEXT_DIFFERENCES_MAX];
};

/* Note a byte; counts it also when the list is full. */
void text_difference_note(struct text_comparison *comparison, uint64_t address, uint8_t expected,
			  uint8_t found);
/* "same", "bit_flip" (one byte, one or two bits), "overwritten"; "hooked" when that is all. */
const char *text_difference_class(const struct text_comparison *comparison);
/* Bits by which two bytes differ. */
unsigned text_difference_bits(uint8_t a, uint8_t b);

#endif
