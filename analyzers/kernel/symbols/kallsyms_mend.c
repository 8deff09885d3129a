/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of a kallsyms table that is damaged in places: each run of them begins where a marker says. */
#include "kernel/symbols/kallsyms_mend.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"

#define NAME_LEAST 2
#define NAME_MOST 514 /* KSYM_NAME_LEN, since b8a94bfb3395 v6.1, and its length */
#define ALIGN_LEAST 4
#define NAMES_MAX (32u << 20)
#define PAGE 4096u

/* All from the names to the tokens. */
struct region {
	uint8_t *bytes;
	size_t length;
	size_t markers, width; /* where they begin, and bytes of each */
};

static void region_deinit(struct region *region)
{
	free(region->bytes);
}

/* What cannot be read is zeros, which are no names. */
static struct err *read_region(const struct kallsyms_source *source, uint64_t address,
			       struct region *region)
{
	region->bytes = calloc(1, region->length);
	if (!region->bytes)
		return &err_nomem;
	for (size_t at = 0; at < region->length;) {
		size_t bytes = MIN(PAGE - (address + at) % PAGE, region->length - at);

		if (!TRY_OK(source->stream(source->context, address + at, region->bytes + at,
					   bytes)))
			memset(region->bytes + at, 0, bytes);
		at += bytes;
	}
	return NULL;
}

static uint64_t marker(const struct region *region, size_t i)
{
	const uint8_t *at = region->bytes + region->markers + i * region->width;

	return region->width == 8 ? load_u64(at) : load_u32(at);
}

static bool is_run(uint64_t start, uint64_t end, size_t names)
{
	return end > start && end - start >= names * NAME_LEAST && end - start <= names * NAME_MOST;
}

static size_t names_in(const struct kallsyms_tables *tables, size_t run)
{
	return MIN(tables->count - run * KALLSYMS_RUN, (size_t)KALLSYMS_RUN);
}

/* Do markers of all runs stand here? */
static bool are_markers(const struct region *region, const struct kallsyms_tables *tables,
			size_t runs)
{
	if (marker(region, 0))
		return false;
	for (size_t i = 1; i < runs; i++)
		if (!is_run(marker(region, i - 1), marker(region, i), KALLSYMS_RUN))
			return false;
	return is_run(marker(region, runs - 1), region->markers, names_in(tables, runs - 1));
}

/* 8 bytes each up to 80ffbaa5b1bd v4.20. */
static bool find_markers(struct region *region, const struct kallsyms_tables *tables, size_t runs)
{
	static const size_t widths[] = {4, 8};

	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		size_t size = runs * widths[i];

		region->width = widths[i];
		region->markers = tables->count * NAME_LEAST / ALIGN_LEAST * ALIGN_LEAST;
		for (; region->markers + size <= region->length; region->markers += ALIGN_LEAST)
			if (are_markers(region, tables, runs))
				return true;
	}
	return false;
}

/* The bytes of a run whose names end where the next begins, else 0. */
static size_t whole_run(const struct region *region, size_t start, size_t end, size_t names,
			bool last)
{
	size_t at = start, header;

	for (size_t i = 0; i < names; i++) {
		size_t length = kallsyms_name_length(region->bytes + at, end - at, &header);

		if (!length)
			return 0;
		at += header + length;
	}
	/* Behind the last one come zeros, until the markers are aligned. */
	return at == end || (last && end - at < sizeof(uint64_t)) ? at - start : 0;
}

/* A token of one letter: a name of it alone has a type and nothing else. */
static bool find_letter(const struct kallsyms_tables *tables, uint8_t *ret)
{
	for (size_t i = 0; i < KALLSYMS_TOKENS; i++) {
		size_t start = tables->token_index[i];

		if (start + 1 < tables->tokens_size && tables->tokens[start] &&
		    !tables->tokens[start + 1]) {
			*ret = (uint8_t)i;
			return true;
		}
	}
	return false;
}

/* In place: a run that is lost takes the least that its names can. */
static void gather_runs(struct region *region, struct kallsyms_tables *tables, size_t runs,
			uint8_t letter)
{
	size_t used = 0;

	for (size_t i = 0; i < runs; i++) {
		bool last = i == runs - 1;
		size_t start = marker(region, i), names = names_in(tables, i);
		size_t end = last ? region->markers : marker(region, i + 1);
		size_t bytes = whole_run(region, start, end, names, last);

		memmove(region->bytes + used, region->bytes + start, bytes);
		used += bytes;
		tables->lost += bytes ? 0 : names;
		for (size_t k = bytes ? names : 0; k < names; k++) {
			region->bytes[used++] = 1;
			region->bytes[used++] = letter;
		}
	}
	tables->names_size = used;
}

struct err *kallsyms_mend_names(const struct kallsyms_source *source, uint64_t address,
				uint64_t tokens, struct kallsyms_tables *tables)
{
	_cleanup_(region_deinit) struct region region = {.length = (size_t)(tokens - address)};
	size_t runs = (tables->count + KALLSYMS_RUN - 1) / KALLSYMS_RUN;
	uint8_t letter;

	if (tokens <= address || tokens - address > NAMES_MAX || !find_letter(tables, &letter))
		return err_at(ERR_CORRUPT, address, "no names of kallsyms before its tokens");
	TRY(read_region(source, address, &region));
	if (!find_markers(&region, tables, runs))
		return err_at(ERR_CORRUPT, address, "no markers of damaged kallsyms names");
	tables->lost = 0;
	gather_runs(&region, tables, runs, letter);
	if (tables->lost > tables->count / 2)
		return err_at(ERR_CORRUPT, address, "%zu of %zu kallsyms names are damaged",
			      tables->lost, tables->count);
	free(tables->names);
	tables->names = region.bytes;
	region.bytes = NULL;
	return NULL;
}
