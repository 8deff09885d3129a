/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists of the largest. */
#include <string.h>

#include "base/parse.h"
#include "memory/usage_top.h"

int usage_top_place(void *list, size_t size, size_t *count, size_t pages_at, uint64_t pages)
{
	char *bytes = list;
	size_t at = *count;

	while (at && load_u64(bytes + (at - 1) * size + pages_at) < pages)
		at--;
	if (at == USAGE_TOP || !pages)
		return -1;
	if (*count < USAGE_TOP)
		++*count;
	memmove(bytes + (at + 1) * size, bytes + at * size, (*count - 1 - at) * size);
	memset(bytes + at * size, 0, size);
	return (int)at;
}
