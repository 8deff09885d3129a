/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compares code of the dump with its file, byte by byte. */
#include "text/text_compare.h"

#include <limits.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/memory/memory.h"
#include "kernel/modules/module.h"
#include "kernel/symbols/symbol.h"
#include "kernel/text/text_collect.h"
#include "kernel/text/text_patch.h"
#include "kernel/types/object.h"

#define IMAGE_LOW 0xffffffff80000000ull
#define IMAGE_HIGH 0xffffffffc0000000ull /* modules begin there, or below */
#define PERCPU_MAX_SIZE (4u << 20)	 /* of the static per-CPU area */

struct comparing {
	struct kernel *kernel;
	const struct text_file *file;
	const struct text_section *section;
	struct text_sites sites;
	uint64_t base; /* address of found[0] and expected[0] */
	size_t length;
	const uint8_t *expected;
	uint8_t *found;
	bool padding_used; /* call thunks stand in the padding before functions */
	struct text_comparison *result;
};

static void deinit(struct comparing *c)
{
	text_sites_deinit(&c->sites);
	free(c->found);
}

static void note_bytes(struct comparing *c, size_t at, const uint8_t *right, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (right[i] != c->found[at + i])
			text_difference_note(c->result, c->base + at + i, right[i],
					     c->found[at + i]);
}

/* --- addresses that moved ------------------------------------------------------------------- */

/*
 * What KASLR makes of a field of the file: an address in the image moves with the image
 * (R_X86_64_32S, _64), a distance to something that stays shrinks. False for any other value.
 */
static bool moved_value(const struct comparing *c, size_t at, size_t size, uint64_t *ret)
{
	uint64_t slide = text_file_slide(c->file), link = c->base + at - slide;
	uint64_t was = load_uint(c->expected + at, size);

	if (size == 4)
		was = (uint64_t)(int64_t)(int32_t)was;
	/* Per-CPU symbols are small numbers before v6.15; operands may follow. */
	bool shrinks = size == 4 && link + 4 + was < PERCPU_MAX_SIZE;
	/* Physical addresses of the image begin low. */
	bool moves = (was >= IMAGE_LOW && was < IMAGE_HIGH) ||
		     (size == 4 && was < IMAGE_HIGH - IMAGE_LOW);

	*ret = shrinks ? was - slide : was + slide;
	return shrinks || moves;
}

/* Bits in which the bytes found differ from the moved field; UINT_MAX when it does not move. */
static unsigned moved_bits(const struct comparing *c, size_t at, size_t size, uint64_t *value)
{
	uint64_t mask = size == 8 ? UINT64_MAX : (1ull << size * 8) - 1;

	if (!moved_value(c, at, size, value))
		return UINT_MAX;
	return (unsigned)__builtin_popcountll((*value ^ load_uint(c->found + at, size)) & mask);
}

static size_t pass_moved(struct comparing *c, size_t at)
{
	static const size_t sizes[] = {4, 8};
	uint64_t value;

	if (!text_file_slide(c->file))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (size_t back = 0; back < sizes[i] && back <= at; back++)
			if (at - back + sizes[i] <= c->length &&
			    !moved_bits(c, at - back, sizes[i], &value))
				return sizes[i] - back;
	return 0;
}

/*
 * A bit flipped in a field that moved: the bytes found are near the moved value and far from the
 * file's. Where the slide itself is of few bits both are near; then they count as plain differences.
 */
static size_t pass_moved_flip(struct comparing *c, size_t at)
{
	static const size_t sizes[] = {4, 8};
	uint64_t value;

	if (!text_file_slide(c->file))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++)
		for (size_t back = 0; back < sizes[i] && back <= at; back++) {
			size_t start = at - back;
			uint64_t differing;

			if (start + sizes[i] > c->length ||
			    moved_bits(c, start, sizes[i], &value) > TEXT_FLIPPED_BITS)
				continue;
			differing = load_uint(c->expected + start, sizes[i]) ^
				    load_uint(c->found + start, sizes[i]);
			if (__builtin_popcountll(differing) <= TEXT_FLIPPED_BITS)
				continue;
			note_bytes(c, start, (const uint8_t *)&value, sizes[i]);
			return sizes[i] - back;
		}
	return 0;
}

/* --- places that are patched ------------------------------------------------------------------ */

/* How many bytes from at on are dealt with; 0 when no site covers it. */
static size_t pass_sites(struct comparing *c, size_t at)
{
	size_t from = 0, near_at = 0, near_length = 0, unknown = 0, unknown_end = at;
	uint8_t near[TEXT_SITE_LENGTH_MAX], best[TEXT_SITE_LENGTH_MAX];
	const struct text_site *site;

	while ((site = text_sites_next(&c->sites, c->base + at, &from))) {
		size_t start = site->address - c->base;
		enum text_patch patch;

		if (site->address < c->base || site->length > c->length - start)
			continue;
		patch = text_patch_check(c->kernel, site, c->expected + start, c->found + start,
					 text_file_slide(c->file), near);
		if (patch == PATCH_KNOWN) {
			c->result->patched++;
			return start + site->length - at;
		}
		if (patch == PATCH_NEAR && !near_length) {
			memcpy(best, near, site->length);
			near_at = start;
			near_length = site->length;
		}
		unknown = MAX(unknown, site->length);
		unknown_end = MAX(unknown_end, start + site->length);
	}
	size_t moved = near_length ? 0 : pass_moved(c, at); /* not patched, only moved */
	if (moved)
		return moved;
	if (!near_length) {
		c->result->unchecked += unknown;
		return unknown_end - at;
	}
	note_bytes(c, near_at, best, near_length);
	return near_at + near_length - at;
}

/* --- relocated fields ------------------------------------------------------------------------- */

/* Several symbols bear the name: does the field lead to one that we did not take? */
static bool leads_to_name(struct comparing *c, const struct text_field *field, uint64_t address,
			  uint64_t found)
{
	uint64_t target = found - (uint64_t)field->addend + (field->relative ? address : 0);
	struct symbol symbol;

	if (field->size == 4)
		target = (field->relative ? address : 0) - (uint64_t)field->addend +
			 (uint64_t)(int64_t)(int32_t)found;
	return field->name && symbols_at(c->kernel->symbols, target, &symbol) &&
	       symbol.address == target && !strcmp(symbol.name, field->name);
}

static size_t pass_field(struct comparing *c, size_t at)
{
	size_t offset = c->base + at - c->section->address;
	const struct text_field *field = text_file_field_at(c->section, offset);

	if (!field || field->offset + c->section->address < c->base)
		return 0;
	size_t start = field->offset + c->section->address - c->base;
	if (field->size > c->length - start)
		return 0;
	uint64_t expected = load_uint(c->expected + start, field->size);
	uint64_t found = load_uint(c->found + start, field->size);
	unsigned bits = (unsigned)__builtin_popcountll(expected ^ found);

	if (field->known && leads_to_name(c, field, c->base + start, found))
		return start + field->size - at;
	if (field->known && bits <= TEXT_FLIPPED_BITS)
		note_bytes(c, start, c->expected + start, field->size);
	else
		c->result->unchecked += field->size;
	return start + field->size - at;
}

#define PADDING 10 /* nops in a row: room for a call thunk */

static bool is_padding(const struct comparing *c, size_t at)
{
	size_t first = at, last = at;

	while (first && c->expected[first - 1] == 0x90)
		first--;
	while (last < c->length && c->expected[last] == 0x90)
		last++;
	return c->expected[at] == 0x90 && last - first >= PADDING;
}

/* --- hooks ------------------------------------------------------------------------------------ */

#define HOOK 5 /* bytes of a call or jump */

static bool is_hook(const struct comparing *c, size_t start, uint64_t *target)
{
	const uint8_t *found = c->found + start, *expected = c->expected + start;
	const struct kernel *kernel = c->kernel;
	unsigned bits = 0;

	if (start + HOOK > c->length || (found[0] != 0xe8 && found[0] != 0xe9) ||
	    found[0] == expected[0])
		return false;
	for (size_t i = 0; i < HOOK; i++)
		bits += text_difference_bits(found[i], expected[i]);
	*target = c->base + start + HOOK + (uint64_t)(int64_t)(int32_t)load_u32(found + 1);
	return bits > TEXT_FLIPPED_BITS * 2 && kernel->modules &&
	       modules_find(kernel->modules, *target);
}

/* Security products put a jump to their module over an instruction: meant so, no damage. */
static size_t pass_hook(struct comparing *c, size_t at)
{
	uint64_t target;

	for (size_t back = 0; back < HOOK && back <= at; back++) {
		if (!is_hook(c, at - back, &target))
			continue;
		if (!c->result->hooked++) {
			c->result->hook = c->base + at - back;
			c->result->hook_target = target;
		}
		return HOOK - back;
	}
	return 0;
}

/* --- all -------------------------------------------------------------------------------------- */

static size_t pass(struct comparing *c, size_t at)
{
	size_t length = pass_sites(c, at);

	if (!length)
		length = pass_field(c, at);
	if (!length)
		length = pass_moved(c, at);
	if (!length)
		length = pass_moved_flip(c, at);
	if (!length)
		length = pass_hook(c, at);
	if (length)
		return length;
	if (c->padding_used && is_padding(c, at))
		c->result->unchecked++;
	else
		note_bytes(c, at, c->expected + at, 1);
	return 1;
}

/* Some bytes more on either side, so that a patched place at an end of the range is whole. */
static struct err *read_code(struct comparing *c, uint64_t start, uint64_t end)
{
	uint64_t section_end = c->section->address + c->section->size;

	c->base = start - MIN(TEXT_SITE_LENGTH_MAX, start - c->section->address);
	c->length = end + MIN(TEXT_SITE_LENGTH_MAX, section_end - end) - c->base;
	c->expected = c->section->bytes + (c->base - c->section->address);
	c->found = malloc(c->length);
	if (!c->found)
		return &err_nomem;
	TRY(memory_stream(c->kernel->memory, c->base, c->found, c->length));
	return text_collect(c->kernel, c->file, c->base, c->base + c->length, &c->sites);
}

struct err *text_compare(struct kernel *kernel, const struct text_file *file, uint64_t start,
			 uint64_t end, struct text_comparison *ret)
{
	_cleanup_(deinit) struct comparing c = {.kernel = kernel, .file = file, .result = ret};
	uint64_t on;

	*ret = (struct text_comparison){0};
	c.section = text_file_find(file, start);
	if (!c.section || start >= end)
		return err_at(ERR_NOT_FOUND, start, "the file has no code");
	end = MIN(end, c.section->address + c.section->size);
	if (end - start > TEXT_RANGE_MAX)
		return err_at(ERR_LIMIT, start, "too much code to compare");
	TRY(read_code(&c, start, end));
	c.padding_used = err_ok(variable_read(kernel, "thunks_initialized", 1, &on)) && on;
	size_t first = start - c.base, last = end - c.base;
	for (size_t i = first; i < last;)
		i += c.expected[i] == c.found[i] ? 1 : pass(&c, i);
	ret->bytes = end - start;
	return NULL;
}
