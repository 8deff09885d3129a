/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All pages of a kdump-compressed dump, in runs that lie behind one another in the file. */
#include "kernel/dump/dump_kdump_sweep.h"

#include <string.h>

#include "kernel/dump/dump_bitmap.h"
#include "kernel/dump/dump_kdump_format.h"

/* The piece of the dump at hand. */
struct piece {
	const struct kdump_map *map;
	struct sweep *sweep;
	struct kdump_descriptor *descriptors;
	size_t count; /* of them that could be read */
};

static struct err *read_block(const struct kdump_map *map, uint64_t bitmap, uint64_t block,
			      uint8_t *bits)
{
	return dump_file_read(map->file, bitmap + block * BITMAP_BLOCK, bits, BITMAP_BLOCK);
}

/* Bits of pages [pfn, end), which lie in one block. */
static unsigned count_between(const uint8_t *bits, uint64_t pfn, uint64_t end)
{
	size_t odd = pfn % 8;

	bits += pfn % BITMAP_BLOCK_PFNS / 8;
	return bitmap_count(bits, (size_t)(end - pfn) + odd) - bitmap_count(bits, odd);
}

static bool is_sound(const struct kdump_descriptor *descriptor)
{
	return descriptor->size && descriptor->size <= PAGE_SIZE;
}

static bool in_window(const struct sweep *sweep, const struct kdump_descriptor *descriptor)
{
	return descriptor->offset >= sweep->window_at &&
	       descriptor->offset - sweep->window_at <= sweep->window_size &&
	       descriptor->size <= sweep->window_size - (descriptor->offset - sweep->window_at);
}

/*
 * Fill the window with page i and those that follow it in the file. Pages that lie before it,
 * such as the one copy of the zero page all others share, do not break the run.
 */
static struct err *fill_window(struct piece *piece, size_t i)
{
	uint64_t start = piece->descriptors[i].offset, end = start;
	struct sweep *sweep = piece->sweep;

	for (; i < piece->count; i++) {
		const struct kdump_descriptor *next = &piece->descriptors[i];

		if (next->offset < start)
			continue;
		if (next->offset != end || !is_sound(next) ||
		    end + next->size - start > SWEEP_WINDOW)
			break;
		end += next->size;
	}
	sweep->window_at = start;
	sweep->window_size = 0;
	return dump_file_read_some(piece->map->file, start, sweep->window, (size_t)(end - start),
				   &sweep->window_size);
}

/* The page these bytes make, NULL when they make none. What is stored as it is is not copied. */
static const void *decode(struct sweep *sweep, const struct kdump_descriptor *descriptor,
			  const void *bytes)
{
	if (!(descriptor->flags & PAGE_COMPRESSED))
		return descriptor->size == PAGE_SIZE ? bytes : NULL;
	return decompress_page(sweep->decompressor, descriptor->flags, bytes, descriptor->size,
			       sweep->page)
		       ? sweep->page
		       : NULL;
}

/* A page that lies before the window: the zero page, as a rule, again and again. */
static struct err *read_repeated(struct piece *piece, const struct kdump_descriptor *descriptor,
				 const void **ret, enum visit_bytes *kind)
{
	struct sweep *sweep = piece->sweep;
	uint8_t bytes[PAGE_SIZE];
	const void *page;

	*ret = sweep->repeated;
	*kind = BYTES_AGAIN;
	if (sweep->repeated_at == descriptor->offset && sweep->repeated_size == descriptor->size &&
	    sweep->repeated_flags == descriptor->flags)
		return NULL;
	*kind = BYTES_SHARED;
	*ret = NULL;
	sweep->repeated_size = 0;
	TRY(dump_file_read(piece->map->file, descriptor->offset, bytes, descriptor->size));
	page = decode(sweep, descriptor, bytes);
	if (!page)
		return NULL;
	*ret = memcpy(sweep->repeated, page, PAGE_SIZE);
	sweep->repeated_at = descriptor->offset;
	sweep->repeated_size = descriptor->size;
	sweep->repeated_flags = descriptor->flags;
	return NULL;
}

/* *ret is NULL for what is no page. */
static struct err *read_page(struct piece *piece, size_t i, const void **ret,
			     enum visit_bytes *kind)
{
	const struct kdump_descriptor *descriptor = &piece->descriptors[i];
	struct sweep *sweep = piece->sweep;

	*ret = NULL;
	if (!is_sound(descriptor))
		return NULL;
	if (descriptor->offset < sweep->window_at)
		return read_repeated(piece, descriptor, ret, kind);
	*kind = BYTES_OWN;
	if (!in_window(sweep, descriptor))
		TRY(fill_window(piece, i));
	if (in_window(sweep, descriptor))
		*ret = decode(sweep, descriptor,
			      sweep->window + (descriptor->offset - sweep->window_at));
	return NULL;
}

static struct err *visit(struct piece *piece, uint64_t pfn, size_t i)
{
	struct visit_counts *counts = piece->sweep->counts;
	enum visit_bytes kind;
	const void *page;

	if (i >= piece->count || !dump_file_holds(piece->map->file, piece->descriptors[i].offset,
						  piece->descriptors[i].size)) {
		counts->truncated++;
	} else if (!TRY_OK(read_page(piece, i, &page, &kind)) || !page) {
		counts->corrupt++;
	} else {
		counts->pages++;
		piece->sweep->visit(piece->sweep->context, pfn, page, kind);
	}
	return NULL;
}

/* Descriptors lie behind one another in the order of the pages that are dumped. */
static struct err *read_descriptors(struct piece *piece, uint64_t first, size_t count)
{
	size_t got;

	TRY(dump_file_read_some(piece->map->file,
				piece->map->descriptors + first * sizeof(struct kdump_descriptor),
				piece->descriptors, count * sizeof(struct kdump_descriptor), &got));
	piece->count = got / sizeof(struct kdump_descriptor);
	return NULL;
}

static struct err *prepare(struct sweep *sweep)
{
	if (!sweep->descriptors)
		sweep->descriptors = calloc(SWEEP_CHUNK, sizeof(struct kdump_descriptor));
	if (!sweep->bits)
		sweep->bits = malloc(2 * BITMAP_BLOCK);
	return sweep->descriptors && sweep->bits ? NULL : &err_nomem;
}

struct err *kdump_sweep_pages(const struct kdump_map *map, struct sweep *sweep, uint64_t pfn,
			      uint64_t end)
{
	uint64_t block = pfn / BITMAP_BLOCK_PFNS, start = block * BITMAP_BLOCK_PFNS;
	struct piece piece = {.map = map, .sweep = sweep};

	TRY(prepare(sweep));
	if (sweep->file != map->file) {
		sweep->file = map->file;
		sweep->window_size = 0;
		sweep->repeated_size = 0;
	}
	uint8_t *dumped = sweep->bits, *exists = sweep->bits + BITMAP_BLOCK;
	if (!TRY_OK(read_block(map, map->dumped, block, dumped)) ||
	    !TRY_OK(read_block(map, map->exists, block, exists))) {
		sweep->counts->truncated += end - pfn;
		return NULL;
	}
	size_t count = count_between(dumped, pfn, end);
	piece.descriptors = sweep->descriptors;
	if (count && !TRY_OK(read_descriptors(
			     &piece, map->rank[block] + count_between(dumped, start, pfn), count)))
		piece.count = 0;
	for (size_t i = 0; pfn < end; pfn++)
		if (bitmap_is_set(dumped, pfn))
			TRY(visit(&piece, pfn, i++));
		else if (bitmap_is_set(exists, pfn))
			sweep->counts->excluded++;
	return NULL;
}

/* Of a block that cannot be read, no page can be. */
uint64_t kdump_sweep_pages_below(const struct kdump_map *map, uint64_t pfn)
{
	uint64_t block = pfn / BITMAP_BLOCK_PFNS;
	uint8_t bits[BITMAP_BLOCK];

	if (block * BITMAP_BLOCK_PFNS >= map->max_pfn)
		return map->pages;
	if (!err_ok(read_block(map, map->dumped, block, bits)))
		return map->rank[block];
	return map->rank[block] +
	       bitmap_count(bits, (size_t)(MIN(pfn, map->max_pfn) - block * BITMAP_BLOCK_PFNS));
}
