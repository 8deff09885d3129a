/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Arrays that grow by doubling. */
#include "base/array.h"

#include <stdlib.h>

#define FIRST_CAPACITY 8

void *array_grown(void *array, size_t count, size_t element_size)
{
	if (!count)
		return array ? array : reallocarray(NULL, FIRST_CAPACITY, element_size);
	if (count < FIRST_CAPACITY || count & (count - 1))
		return array;
	return reallocarray(array, count * 2, element_size);
}
