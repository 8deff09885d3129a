/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_ARRAY
#define TRIAGE_BASE_ARRAY

#include <stdbool.h>
#include <stddef.h>

/*
 * Arrays that grow at their end. The capacity follows from the count (0, then a power of two from 8
 * on), so a pointer and a count are all that has to be kept:
 *
 *	if (!array_grow(list->items, list->count))
 *		return &err_nomem;
 *	list->items[list->count++] = item;
 *
 * The array starts as NULL with a count of 0, and is freed with free(). Its count may be lowered.
 * Bounds are the caller's.
 */

/* Room for one element more: the array, moved perhaps, or NULL on out-of-memory, the array as it was. */
void *array_grown(void *array, size_t count, size_t element_size);

/* The same in place: false on out-of-memory. */
#define array_grow(array, count)                                                                   \
	({                                                                                         \
		void *grown_ = array_grown((array), (count), sizeof(*(array)));                    \
		if (grown_)                                                                        \
			(array) = grown_;                                                          \
		grown_ != NULL;                                                                    \
	})

/*
 * Binary search among 0 … count-1: the first i for which holds is true, given that it is true for
 * all that follow; count when it is true for none. The macro declares i:
 *
 *	size_t at = array_first(list->count, i, list->items[i].address > address);
 */
#define array_first(count, i, holds)                                                               \
	({                                                                                         \
		size_t low_ = 0, high_ = (count);                                                  \
		while (low_ < high_) {                                                             \
			size_t i = low_ + (high_ - low_) / 2;                                      \
			if (holds)                                                                 \
				high_ = i;                                                         \
			else                                                                       \
				low_ = i + 1;                                                      \
		}                                                                                  \
		low_;                                                                              \
	})

#endif
