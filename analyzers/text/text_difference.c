/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differing bytes of code are signs of. */
#include "text/text_difference.h"

void text_difference_note(struct text_comparison *comparison, uint64_t address, uint8_t expected,
			  uint8_t found)
{
	if (comparison->count < TEXT_DIFFERENCES_MAX)
		comparison->differences[comparison->count] =
			(struct text_difference){address, expected, found};
	comparison->count++;
}

unsigned text_difference_bits(uint8_t a, uint8_t b)
{
	return (unsigned)__builtin_popcount(a ^ b);
}

const char *text_difference_class(const struct text_comparison *comparison)
{
	const struct text_difference *first = &comparison->differences[0];

	if (!comparison->count)
		return comparison->hooked ? "hooked" : "same";
	return comparison->count == 1 && text_difference_bits(first->expected, first->found) <=
						 TEXT_FLIPPED_BITS
		       ? "bit_flip"
		       : "overwritten";
}
