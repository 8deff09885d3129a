/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a kdump file has to be for all of its pages to be there. */
#include "kernel/dump/dump_kdump_end.h"

#include "kernel/dump/dump_kdump_format.h"

#define AT_ONCE 256u
#define CHUNKS_MAX 4096u

/* The end of these descriptors' data; a page shared by others, at shared, is none. */
static uint64_t end_of(const struct kdump_descriptor *descriptors, size_t count, uint64_t shared)
{
	uint64_t end = 0;

	for (size_t i = 0; i < count; i++)
		if (descriptors[i].offset < INT64_MAX && descriptors[i].offset != shared)
			end = MAX(end, descriptors[i].offset + descriptors[i].size);
	return end;
}

struct err *kdump_data_end(kdump_read read, void *context, uint64_t table, uint64_t count,
			   uint64_t *ret)
{
	struct kdump_descriptor descriptors[AT_ONCE];
	uint64_t first = table + count * sizeof(*descriptors), last = count;
	size_t got = 0;

	*ret = 0;
	for (unsigned chunk = 0; last && !*ret && chunk < CHUNKS_MAX; chunk++) {
		size_t part = MIN(last, AT_ONCE);

		last -= part;
		/* cppcheck-suppress returnDanglingLifetime ; an error holds no pointer of ours */
		TRY(read(context, table + last * sizeof(*descriptors), descriptors,
			 part * sizeof(*descriptors), &got));
		*ret = end_of(descriptors, got / sizeof(*descriptors), first);
	}
	/* All pages are zeros. */
	if (!*ret && count && got)
		*ret = end_of(descriptors, got / sizeof(*descriptors), UINT64_MAX);
	return NULL;
}
