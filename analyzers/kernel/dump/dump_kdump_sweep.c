/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All pages of a kdump-compressed dump, in runs that lie behind one another in the file. */
#include <stdlib.h>
#include <string.h>

#include "kernel/dump/dump.h"
#include "kernel/dump/dump_kdump.h"

/* The piece of the dump at hand. */
struct piece {
	const struct kdump_map *map;
	struct sweep *sweep;
	struct descriptor *descriptors;
	size_t count; /* of them that could be read */
};

static struct err *read_block(const struct kdump_map *map, uint64_t bitmap, uint64_t block,
			      uint8_t *bits)
{
	return source_read(map->source, bitmap + block * BITMAP_BLOCK, bits, BITMAP_BLOCK);
}

static bool is_set(const uint8_t *bits, uint64_t pfn)
{
	return bits[pfn % BITMAP_BLOCK_PFNS / 8] >> (pfn % 8) & 1;
}

/* Bits of pages [pfn, end), which lie in one block and begin on a byte. */
static unsigned count_between(const uint8_t *bits, uint64_t pfn, uint64_t end)
{
	return count_bits(bits + pfn % BITMAP_BLOCK_PFNS / 8, (size_t)(end - pfn));
}

static bool is_sound(const struct descriptor *descriptor)
{
	return descriptor->size && descriptor->size <= PAGE_SIZE;
}

static bool in_window(const struct sweep *sweep, const struct descriptor *descriptor)
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
		const struct descriptor *next = &piece->descriptors[i];

		if (next->offset < start)
			continue;
		if (next->offset != end || !is_sound(next) ||
		    end + next->size - start > SWEEP_WINDOW)
			break;
		end += next->size;
	}
	sweep->window_at = start;
	sweep->window_size = 0;
	return source_read_some(piece->map->source, start, sweep->window, (size_t)(end - start),
				&sweep->window_size);
}

static bool decode(struct sweep *sweep, const struct descriptor *descriptor, const void *bytes,
		   uint8_t *page, const void **ret)
{
	/* No need to copy what is stored as it is. */
	*ret = descriptor->flags & PAGE_COMPRESSED ? page : bytes;
	return descriptor->flags & PAGE_COMPRESSED
		       ? decompress_page(sweep->decompressor, descriptor->flags, bytes,
					 descriptor->size, page)
		       : descriptor->size == PAGE_SIZE;
}

/* A page that lies before the window: the zero page, as a rule, again and again. */
static bool read_repeated(struct piece *piece, const struct descriptor *descriptor,
			  const void **ret, enum sweep_bytes *kind)
{
	struct sweep *sweep = piece->sweep;
	uint8_t bytes[PAGE_SIZE];
	const void *page;

	*ret = sweep->repeated;
	*kind = BYTES_AGAIN;
	if (sweep->repeated_at == descriptor->offset && sweep->repeated_size == descriptor->size &&
	    sweep->repeated_flags == descriptor->flags)
		return true;
	*kind = BYTES_SHARED;
	sweep->repeated_size = 0;
	if (!err_ok(source_read(piece->map->source, descriptor->offset, bytes, descriptor->size)) ||
	    !decode(sweep, descriptor, bytes, sweep->page, &page))
		return false;
	memcpy(sweep->repeated, page, PAGE_SIZE);
	sweep->repeated_at = descriptor->offset;
	sweep->repeated_size = descriptor->size;
	sweep->repeated_flags = descriptor->flags;
	return true;
}

static bool read_page(struct piece *piece, size_t i, const void **ret, enum sweep_bytes *kind)
{
	const struct descriptor *descriptor = &piece->descriptors[i];
	struct sweep *sweep = piece->sweep;

	if (!is_sound(descriptor))
		return false;
	if (descriptor->offset < sweep->window_at)
		return read_repeated(piece, descriptor, ret, kind);
	*kind = BYTES_OWN;
	if (!in_window(sweep, descriptor) &&
	    (!err_ok(fill_window(piece, i)) || !in_window(sweep, descriptor)))
		return false;
	return decode(sweep, descriptor, sweep->window + (descriptor->offset - sweep->window_at),
		      sweep->page, ret);
}

static void visit(struct piece *piece, uint64_t pfn, size_t i)
{
	struct sweep_counts *counts = piece->sweep->counts;
	enum sweep_bytes kind;
	const void *page;

	if (i >= piece->count || !source_holds(piece->map->source, piece->descriptors[i].offset,
					       piece->descriptors[i].size)) {
		counts->truncated++;
	} else if (!read_page(piece, i, &page, &kind)) {
		counts->corrupt++;
	} else {
		counts->pages++;
		piece->sweep->visit(piece->sweep->context, pfn, page, kind);
	}
}

/* Descriptors lie behind one another in the order of the pages that are dumped. */
static struct err *read_descriptors(struct piece *piece, uint64_t first, size_t count)
{
	size_t got;

	TRY(source_read_some(piece->map->source,
			     piece->map->descriptors + first * sizeof(struct descriptor),
			     piece->descriptors, count * sizeof(struct descriptor), &got));
	piece->count = got / sizeof(struct descriptor);
	return NULL;
}

static struct err *prepare(struct sweep *sweep)
{
	if (!sweep->descriptors)
		sweep->descriptors = calloc(SWEEP_CHUNK, sizeof(struct descriptor));
	if (!sweep->bits)
		sweep->bits = malloc(2 * BITMAP_BLOCK);
	return sweep->descriptors && sweep->bits ? NULL : &err_nomem;
}

void kdump_sweep_pages(const struct kdump_map *map, struct sweep *sweep, uint64_t pfn, uint64_t end)
{
	uint64_t block = pfn / BITMAP_BLOCK_PFNS, start = block * BITMAP_BLOCK_PFNS;
	struct piece piece = {.map = map, .sweep = sweep};

	if (!err_ok(prepare(sweep))) {
		sweep->counts->corrupt += end - pfn;
		return;
	}
	uint8_t *dumped = sweep->bits, *exists = sweep->bits + BITMAP_BLOCK;
	if (!err_ok(read_block(map, map->dumped, block, dumped)) ||
	    !err_ok(read_block(map, map->exists, block, exists))) {
		sweep->counts->truncated += end - pfn;
		return;
	}
	size_t count = count_between(dumped, pfn, end);
	piece.descriptors = sweep->descriptors;
	if (count && !err_ok(read_descriptors(
			     &piece, map->rank[block] + count_between(dumped, start, pfn), count)))
		piece.count = 0;
	for (size_t i = 0; pfn < end; pfn++)
		if (is_set(dumped, pfn))
			visit(&piece, pfn, i++);
		else if (is_set(exists, pfn))
			sweep->counts->excluded++;
}

/* Of a block that cannot be read, no page can be. */
uint64_t kdump_count_below(const struct kdump_map *map, uint64_t pfn)
{
	uint64_t block = pfn / BITMAP_BLOCK_PFNS;
	uint8_t bits[BITMAP_BLOCK];

	if (block * BITMAP_BLOCK_PFNS >= map->max_pfn)
		return map->pages;
	if (!err_ok(read_block(map, map->dumped, block, bits)))
		return map->rank[block];
	return map->rank[block] +
	       count_bits(bits, (size_t)(MIN(pfn, map->max_pfn) - block * BITMAP_BLOCK_PFNS));
}
