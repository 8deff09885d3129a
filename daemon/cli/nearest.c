/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the known word that is nearest to one that nobody knows. */
#include "daemon/cli/nearest.h"

#include <string.h>

#include "base/str.h"

#define SLIP 16 /* what one wrong letter counts, beside one that is only left out at the end */

static size_t least(size_t a, size_t b, size_t c)
{
	return MIN(MIN(a, b), c);
}

/*
 * Letters to insert, drop, change or swap with their neighbour, from a to b: the optimal string
 * alignment. What b has beyond its best beginning counts little.
 */
static size_t distance_of(const char *a, size_t a_length, const char *b, size_t b_length)
{
	size_t rows[3][NEAREST_LENGTH + 1], best = SIZE_MAX;
	size_t *before = rows[0], *last = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t *free_row = before;

		before = last;
		last = row;
		row = free_row;
		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			row[j] = least(last[j] + 1, row[j - 1] + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
	}
	for (size_t j = 0; j <= b_length; j++)
		best = MIN(best, row[j] * SLIP + (b_length - j));
	return best;
}

void nearest_try(struct nearest *nearest, const char *meant, const char *known)
{
	size_t distance;

	if (!known || !*known)
		return;
	distance = distance_of(meant, strnlen(meant, NEAREST_LENGTH), known,
			       strnlen(known, NEAREST_LENGTH));
	if (*nearest->word && distance >= nearest->distance)
		return;
	copy_string(nearest->word, sizeof(nearest->word), known);
	nearest->distance = distance;
}

bool nearest_is_typo(const struct nearest *nearest, const char *meant)
{
	size_t length = strnlen(meant, NEAREST_LENGTH);

	return *nearest->word && nearest->distance / SLIP <= MAX(length / 3, (size_t)1) &&
	       nearest->distance / SLIP < length;
}
