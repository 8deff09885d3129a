/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a kdump file has to be for all of its pages to be there. */
#include "kernel/dump/dump_kdump_end.h"

#define AT_ONCE 256u
#define CHUNKS_MAX 4096u
#define BITMAP_MAX (128u << 20) /* bytes: of 4 TiB of memory */

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

/* Set bits among those from first up to end; at is the number of the word's lowest. */
static unsigned bits_in(uint64_t word, uint64_t at, uint64_t first, uint64_t end)
{
	if (end <= at || first >= at + 64)
		return 0;
	if (first > at)
		word &= UINT64_MAX << (first - at);
	if (end - at < 64)
		word &= (1ull << (end - at)) - 1;
	return (unsigned)__builtin_popcountll(word);
}

static struct err *count_pages(kdump_read read, void *context, struct file_range bitmap,
			       struct kdump_extent *extent)
{
	uint64_t words[8192], bit = 0;
	size_t got = sizeof(words);

	extent->count = 0;
	for (uint64_t done = 0; done < bitmap.size && got == sizeof(words); done += got) {
		memset(words, 0, sizeof(words));
		/* cppcheck-suppress returnDanglingLifetime ; an error holds no pointer of ours */
		TRY(read(context, bitmap.offset + done, words,
			 MIN(bitmap.size - done, sizeof(words)), &got));
		for (size_t i = 0; i < ARRAY_SIZE(words); i++, bit += 64)
			extent->count += bits_in(words[i], bit, extent->first, extent->pages_end);
	}
	return NULL;
}

struct err *kdump_extent_find(kdump_read read, void *context, const struct kdump_header *header,
			      struct kdump_extent *extent)
{
	uint64_t block = header->block_size, blocks = header->bitmap_blocks;

	if (block < 512 || block > 65536 || header->sub_header_blocks > 65536 || blocks % 2 ||
	    blocks * block > 2ul * BITMAP_MAX)
		return err_new(ERR_CORRUPT, "kdump header of absurd sizes");
	extent->table = (1ull + header->sub_header_blocks + blocks) * block;
	extent->end = 0;
	TRY(count_pages(read, context,
			(struct file_range){extent->table - blocks / 2 * block, blocks / 2 * block},
			extent));
	return extent->count
		       ? kdump_data_end(read, context, extent->table, extent->count, &extent->end)
		       : NULL;
}
