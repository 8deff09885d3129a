/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kdump-compressed dumps: makedumpfile's and QEMU's (makedumpfile IMPLEMENTATION and diskdump_mod.h
 * describe the format). Read here and not through libkdumpfile, which (0.5.1) tells neither excluded
 * from absent nor truncated from corrupt, holds the bitmaps of all memory in its own, knows no
 * flattened files, falls over some damaged ones, and takes longer for a page than to decompress it. Nor
 * the files of a split dump: of one that is cut off it gives pages of zeros.
 */
#include "kernel/dump/dump_kdump.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "kernel/dump/dump_bitmap.h"
#include "kernel/dump/dump_kdump_end.h"
#include "kernel/dump/dump_kdump_format.h"
#include "kernel/dump/dump_kdump_header.h"
#include "kernel/dump/dump_kdump_sweep.h"
#include "kernel/dump/dump_part.h"

/* A file of the dump: one, but where makedumpfile --split wrote it. All have the same bitmaps. */
struct part {
	struct dump_file *file;
	uint64_t first; /* page */
	uint64_t
		skipped; /* pages of the dump whose descriptors are in other files, before its own */
};

struct kdump {
	struct container container;
	struct dump_file *file; /* the first: header and bitmaps */
	struct part parts[DUMP_PARTS_MAX];
	size_t part_count;
	struct bitmap exists, dumped; /* the machine's RAM, and what of it is in the file */
	uint64_t max_pfn;
	uint64_t descriptors; /* offset of the first */
	uint64_t *rank;	      /* for each block of dumped: pages dumped before it */
	uint64_t dumped_count;
	struct decompressor *decompressor;
	/* The descriptor found last: a page's state is asked right before its data. */
	struct kdump_descriptor found;
	uint64_t found_tag; /* the page's number + 1, 0 = none */
};

static uint64_t block_count(const struct kdump *kdump)
{
	return (kdump->max_pfn + BITMAP_BLOCK_PFNS - 1) / BITMAP_BLOCK_PFNS;
}

/* Bits beyond max_pfn are of no page, whatever they hold. */
static struct err *build_rank(struct kdump *kdump)
{
	uint64_t blocks = block_count(kdump), total = 0;

	kdump->rank = calloc(blocks + 1, sizeof(*kdump->rank));
	if (!kdump->rank)
		return &err_nomem;
	for (uint64_t block = 0; block < blocks; block++) {
		uint64_t left = kdump->max_pfn - block * BITMAP_BLOCK_PFNS;
		const uint8_t *bits;

		kdump->rank[block] = total;
		TRY(bitmap_block(&kdump->dumped, block, &bits));
		total += bitmap_count(bits, (size_t)MIN(left, BITMAP_BLOCK_PFNS));
	}
	kdump->dumped_count = total;
	return NULL;
}

static struct err *read_descriptor(const struct kdump *kdump, const struct part *part,
				   uint64_t index, struct kdump_descriptor *ret)
{
	return dump_file_read(part->file,
			      kdump->descriptors + (index - part->skipped) * sizeof(*ret), ret,
			      sizeof(*ret));
}

static const struct part *part_of(const struct kdump *kdump, uint64_t pfn)
{
	size_t i = kdump->part_count - 1;

	while (i && kdump->parts[i].first > pfn)
		i--;
	return &kdump->parts[i];
}

/* How many pages are dumped below this one. */
static struct err *rank_of(struct kdump *kdump, uint64_t pfn, uint64_t *ret)
{
	const uint8_t *bits;

	*ret = kdump->dumped_count;
	if (pfn >= kdump->max_pfn)
		return NULL;
	TRY(bitmap_block(&kdump->dumped, pfn / BITMAP_BLOCK_PFNS, &bits));
	*ret = kdump->rank[pfn / BITMAP_BLOCK_PFNS] + bitmap_count(bits, pfn % BITMAP_BLOCK_PFNS);
	return NULL;
}

/* The descriptor of a page that the bitmap calls dumped. */
static struct err *find_descriptor(struct kdump *kdump, uint64_t pfn, struct kdump_descriptor *ret)
{
	uint64_t index;

	if (kdump->found_tag != pfn + 1) {
		kdump->found_tag = 0;
		TRY(rank_of(kdump, pfn, &index));
		TRY(read_descriptor(kdump, part_of(kdump, pfn), index, &kdump->found));
		kdump->found_tag = pfn + 1;
	}
	*ret = kdump->found;
	return NULL;
}

static enum page_state kdump_state(struct container *container, uint64_t pfn)
{
	struct kdump *kdump = (struct kdump *)container;
	struct kdump_descriptor descriptor;
	bool exists, dumped;

	if (pfn >= kdump->max_pfn)
		return PAGE_ABSENT;
	if (!err_ok(bitmap_test(&kdump->dumped, pfn, &dumped)))
		return PAGE_TRUNCATED;
	if (!dumped) {
		if (!err_ok(bitmap_test(&kdump->exists, pfn, &exists)))
			return PAGE_EXCLUDED;
		return exists ? PAGE_EXCLUDED : PAGE_ABSENT;
	}
	if (!err_ok(find_descriptor(kdump, pfn, &descriptor)) ||
	    !dump_file_holds(part_of(kdump, pfn)->file, descriptor.offset, descriptor.size))
		return PAGE_TRUNCATED;
	return PAGE_PRESENT;
}

static struct err *kdump_read_page(struct container *container, uint64_t pfn, void *page)
{
	struct kdump *kdump = (struct kdump *)container;
	struct dump_file *file = part_of(kdump, pfn)->file;
	struct kdump_descriptor descriptor;
	uint8_t packed[PAGE_SIZE];

	TRY(find_descriptor(kdump, pfn, &descriptor));
	if (!descriptor.size || descriptor.size > PAGE_SIZE)
		return err_at(ERR_DAMAGED, pfn << PAGE_SHIFT,
			      "page descriptor with a size of %" PRIu32 " bytes", descriptor.size);
	if (!(descriptor.flags & PAGE_COMPRESSED) && descriptor.size == PAGE_SIZE)
		return dump_file_read(file, descriptor.offset, page, PAGE_SIZE);
	TRY(dump_file_read(file, descriptor.offset, packed, descriptor.size));
	if (decompress_page(kdump->decompressor, descriptor.flags, packed, descriptor.size, page))
		return NULL;
	return err_at(ERR_DAMAGED, pfn << PAGE_SHIFT,
		      "cannot decompress (%s) the page at file offset 0x%" PRIx64,
		      decompress_name(descriptor.flags), descriptor.offset);
}

static struct kdump_map map_of(const struct kdump *kdump, const struct part *part)
{
	return (struct kdump_map){
		.file = part->file,
		.exists = kdump->exists.offset,
		.dumped = kdump->dumped.offset,
		/* where that of the dump's first page would be, were it in this file */
		.descriptors = kdump->descriptors - part->skipped * sizeof(struct kdump_descriptor),
		.rank = kdump->rank,
		.max_pfn = kdump->max_pfn,
		.pages = kdump->dumped_count,
	};
}

static struct err *kdump_sweep(const struct container *container, struct sweep *sweep, uint64_t pfn,
			       uint64_t end)
{
	const struct kdump *kdump = (const struct kdump *)container;

	for (size_t i = 0; i < kdump->part_count; i++) {
		const struct part *part = &kdump->parts[i];
		struct kdump_map map = map_of(kdump, part);
		uint64_t from = i ? MAX(pfn, part->first) : pfn;
		uint64_t to = i + 1 < kdump->part_count ? MIN(end, part[1].first) : end;

		if (from < to)
			TRY(kdump_sweep_pages(&map, sweep, from, to));
	}
	return NULL;
}

static uint64_t kdump_pages_below(const struct container *container, uint64_t pfn)
{
	const struct kdump *kdump = (const struct kdump *)container;
	struct kdump_map map = map_of(kdump, &kdump->parts[0]);

	return kdump_sweep_pages_below(&map, pfn);
}

static const char *compression_name(uint32_t flags)
{
	return flags & PAGE_COMPRESSED ? decompress_name(flags) : NULL;
}

/* How many descriptors are looked at, spread over the dump, before it is called uncompressed. */
#define SAMPLES 256u

/*
 * What the pages are compressed with: some builds of makedumpfile announce in the header what
 * they then do not do. Not the first pages alone: zero pages are raw in any dump, and low memory
 * is full of them.
 */
static const char *find_compression(struct kdump *kdump, uint32_t status)
{
	uint64_t pages = kdump->part_count > 1 ? kdump->parts[1].skipped : kdump->dumped_count;
	uint64_t samples = MIN(pages, SAMPLES);

	for (uint64_t i = 0; i < samples; i++) {
		struct kdump_descriptor descriptor;
		uint64_t index = pages / samples * i;

		if (!err_ok(read_descriptor(kdump, &kdump->parts[0], index, &descriptor)))
			return compression_name(status);
		if (compression_name(descriptor.flags))
			return compression_name(descriptor.flags);
	}
	return pages ? "none" : compression_name(status);
}

static struct err *read_some(void *context, uint64_t offset, void *buf, size_t length, size_t *ret)
{
	return dump_file_read_some(context, offset, buf, length, ret);
}

/* How long the file would be were it whole, in bytes; 0 when not even its descriptors are there. */
static uint64_t whole_size(struct kdump *kdump)
{
	uint64_t end = 0;

	if (!dump_file_holds(kdump->file, kdump->descriptors,
			     kdump->dumped_count * sizeof(struct kdump_descriptor)) ||
	    !err_ok(kdump_data_end(read_some, kdump->file, kdump->descriptors, kdump->dumped_count,
				   &end)))
		return 0;
	return end;
}

static bool is_truncated(struct kdump *kdump, uint64_t whole)
{
	return dump_file_truncated(kdump->file) ||
	       (kdump->dumped_count && (!whole || !dump_file_holds(kdump->file, whole - 1, 1)));
}

/* A set is cut off where one of its files is. */
static void fill_split(const struct kdump *kdump, struct dump_info *info)
{
	info->format = "kdump-split";
	for (size_t i = 0; i < kdump->part_count; i++) {
		struct dump_file *file = kdump->parts[i].file;
		uint64_t end = dump_part_end(dump_file_fd(file));

		info->whole_size += end;
		info->truncated |= !end || end > dump_file_size(file);
	}
}

static void fill_info(struct kdump *kdump, const struct kdump_header *header,
		      struct dump_info *info)
{
	info->format = dump_file_flattened(kdump->file) ? "kdump-flattened" : "kdump";
	info->compression = find_compression(kdump, header->status);
	info->max_pfn = kdump->max_pfn;
	if (kdump->part_count > 1) {
		fill_split(kdump, info);
		return;
	}
	info->whole_size = whole_size(kdump);
	info->truncated = is_truncated(kdump, info->whole_size);
}

/* Two bitmaps of equal size; a full dump may come with one that serves as both. */
static struct err *place_bitmaps(struct kdump *kdump, const struct kdump_header *header)
{
	uint64_t start = (1ull + header->sub_header_blocks) * PAGE_SIZE;
	uint64_t size = (uint64_t)header->bitmap_blocks * PAGE_SIZE;
	uint64_t needed = block_count(kdump) * BITMAP_BLOCK;

	kdump->descriptors = start + size;
	/* Checked before anything of the size of max_pfn is allocated. */
	if (!dump_file_holds(kdump->file, start, size))
		return err_new(ERR_TRUNCATED, "the file ends within its page bitmaps");
	if (!kdump->max_pfn || size < needed)
		return err_new(ERR_CORRUPT, "bitmaps of %" PRIu32 " blocks for %" PRIu64 " pages",
			       header->bitmap_blocks, kdump->max_pfn);
	TRY(bitmap_open(&kdump->exists, kdump->file, start, needed));
	return bitmap_open(&kdump->dumped, kdump->file,
			   size / 2 >= needed ? start + size / 2 : start, needed);
}

/* --- files ---------------------------------------------------------------------------------------- */

static int by_first(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* Those of a split dump, in the order of their pages. All pages have to be some file's. */
static struct err *take_parts(struct kdump *kdump, const struct dump_files *files)
{
	int fds[DUMP_PARTS_MAX];
	struct dump_part part;

	kdump->part_count = MIN(files->count, DUMP_PARTS_MAX);
	for (size_t i = 0; i < kdump->part_count; i++) {
		fds[i] = dump_file_fd(files->at[i]);
		if (!dump_part_read(fds[i], &part))
			return err_new(ERR_CORRUPT, "a file among those of a split dump that is "
						    "none of them");
		kdump->parts[i] = (struct part){.file = files->at[i], .first = part.first};
	}
	TRY(dump_part_check(fds, kdump->part_count));
	qsort(kdump->parts, kdump->part_count, sizeof(*kdump->parts), by_first);
	for (size_t i = 0; i < kdump->part_count; i++)
		TRY(rank_of(kdump, kdump->parts[i].first, &kdump->parts[i].skipped));
	return NULL;
}

static void kdump_close(struct container *container)
{
	struct kdump *kdump = (struct kdump *)container;

	if (!kdump)
		return;
	decompressor_close(kdump->decompressor);
	bitmap_close(&kdump->exists);
	bitmap_close(&kdump->dumped);
	free(kdump->rank);
	free(kdump);
}

static void cleanup_kdump(struct kdump **kdump)
{
	if (*kdump)
		kdump_close(&(*kdump)->container);
}

static const struct container_ops kdump_ops = {
	.close = kdump_close,
	.state = kdump_state,
	.read = kdump_read_page,
	.sweep = kdump_sweep,
	.pages_below = kdump_pages_below,
};

struct err *kdump_dump_open(const struct dump_files *files, struct dump_info *info,
			    struct container **ret)
{
	_cleanup_(cleanup_kdump) struct kdump *kdump = NULL;
	struct dump_file *file = files->at[0];
	struct kdump_header header;
	struct kdump_sub_header sub;

	TRY(kdump_header_read(file, &header, &sub));
	kdump = calloc(1, sizeof(*kdump));
	if (!kdump)
		return &err_nomem;
	kdump->container.ops = &kdump_ops;
	kdump->file = file;
	kdump->max_pfn = header.version >= 6 ? sub.max_mapnr_64 : header.max_mapnr;
	if (kdump->max_pfn >> (52 - PAGE_SHIFT))
		return err_new(ERR_CORRUPT, "kdump header with %" PRIu64 " pages", kdump->max_pfn);
	TRY(place_bitmaps(kdump, &header));
	TRY(build_rank(kdump));
	kdump->parts[0] = (struct part){.file = file};
	kdump->part_count = 1;
	if (sub.split)
		TRY(take_parts(kdump, files));
	TRY(decompressor_open(&kdump->decompressor));
	kdump_header_tell(&header, &sub, &kdump->container, info);
	fill_info(kdump, &header, info);
	*ret = &take_ptr(kdump)->container;
	return NULL;
}
