/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of a kallsyms table that is damaged in places: each run of them begins where a marker says. */
#include "kernel/symbols/kallsyms_mend.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"

#define NAME_LEAST 2
#define FORMS 8 /* of what stands between names and tokens */
#define NAMES_MAX (32u << 20)
#define PAGE 4096u

/* All from the names to the tokens. */
struct region {
	uint8_t *bytes;
	size_t length;
	size_t count;	       /* of names */
	size_t markers, width; /* where they begin, and bytes of each */
};

/* 256 names, or those behind the last of so many; no bytes when they are lost. */
struct run {
	size_t at, bytes;
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

static size_t align_up(size_t size, size_t to)
{
	return (size + to - 1) / to * to;
}

static size_t names_in(size_t count, size_t run)
{
	return MIN(count - run * KALLSYMS_RUN, (size_t)KALLSYMS_RUN);
}

static size_t runs_of(size_t count)
{
	return (count + KALLSYMS_RUN - 1) / KALLSYMS_RUN;
}

/* Where so many names from a place on end; 0 when that is behind all of them. */
static size_t walk_names(const struct region *region, size_t at, size_t names)
{
	for (size_t i = 0; i < names; i++) {
		size_t header, length;

		if (at >= region->markers)
			return 0;
		length = kallsyms_name_length(region->bytes + at, region->markers - at, &header);
		if (!length)
			return 0;
		at += header + length;
	}
	return at;
}

/* Is it where run i begins, or, behind the last, where the zeros in front of the markers do? */
static bool is_start(const struct region *region, size_t i, size_t at)
{
	if (i < runs_of(region->count))
		return at == marker(region, i);
	if (region->markers - at >= sizeof(uint64_t))
		return false;
	for (; at < region->markers; at++)
		if (region->bytes[at])
			return false;
	return true;
}

/*
 * The end of run i, whose names begin at a place: where the next one begins by its marker or, when that is damaged, by
 * where the names of the next end. 0 when they end nowhere.
 */
static size_t end_of_run(const struct region *region, size_t i, size_t at)
{
	size_t end = walk_names(region, at, names_in(region->count, i)), next;

	if (!end || is_start(region, i + 1, end))
		return end;
	if (i + 1 >= runs_of(region->count))
		return 0;
	next = walk_names(region, end, names_in(region->count, i + 1));
	return next && is_start(region, i + 2, next) ? end : 0;
}

/* How many names are in runs that are whole. So many as lead to the markers are, whatever these say. */
static size_t find_runs(const struct region *region, struct run *runs)
{
	size_t at = walk_names(region, 0, region->count), kept = 0;
	bool sound = at && is_start(region, runs_of(region->count), at);

	at = 0;
	for (size_t i = 0; i < runs_of(region->count); i++) {
		size_t end = sound ? walk_names(region, at, names_in(region->count, i))
				   : end_of_run(region, i, at);

		runs[i] = (struct run){at, end ? end - at : 0};
		kept += end ? names_in(region->count, i) : 0;
		at = end ? end : i + 1 < runs_of(region->count) ? marker(region, i + 1) : 0;
	}
	return kept;
}

/*
 * The markers stand in front of the tokens, since 60443c88f3a8 v6.2 with 3 bytes for each name between them. 8 bytes
 * each up to 80ffbaa5b1bd v4.20; tables are aligned to 8, or to 4 where no number is wider. False: not in the region.
 */
static bool place_markers(struct region *region, size_t count, unsigned form)
{
	size_t align = form & 1 ? 4 : 8, seqs = form & 2 ? align_up(count * 3, align) : 0;

	region->count = count;
	region->width = form & 4 ? 8 : 4;
	size_t behind = align_up(runs_of(count) * region->width, align) + seqs;
	if (region->length < behind + count * NAME_LEAST)
		return false;
	region->markers = region->length - behind;
	return true;
}

/* Of the counts and forms that there may be, those with which the most names are whole. */
static size_t choose_form(struct region *region, const size_t *counts, size_t count,
			  struct run *runs)
{
	struct region best = *region;
	size_t kept = 0;

	for (size_t i = 0; i < count * FORMS; i++) {
		size_t now = place_markers(region, counts[i / FORMS], i % FORMS)
				     ? find_runs(region, runs)
				     : 0;

		if (now > kept) {
			kept = now;
			best = *region;
		}
	}
	*region = best;
	if (kept)
		find_runs(region, runs);
	return kept;
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

/* A run that is lost takes the least that its names can. */
static struct err *gather_runs(const struct region *region, const struct run *runs, uint8_t letter,
			       struct kallsyms_tables *tables)
{
	size_t used = 0, size = tables->lost * NAME_LEAST + 1;

	for (size_t i = 0; i < runs_of(region->count); i++)
		size += runs[i].bytes;
	uint8_t *names = malloc(size);
	if (!names)
		return &err_nomem;
	for (size_t i = 0; i < runs_of(region->count); i++) {
		memcpy(names + used, region->bytes + runs[i].at, runs[i].bytes);
		used += runs[i].bytes;
		for (size_t k = runs[i].bytes ? 0 : names_in(region->count, i); k; k--) {
			names[used++] = 1;
			names[used++] = letter;
		}
	}
	free(tables->names);
	tables->names = names;
	tables->names_size = used;
	return NULL;
}

struct err *kallsyms_mend_names(const struct kallsyms_source *source, uint64_t address,
				uint64_t tokens, const size_t *counts, size_t count,
				struct kallsyms_tables *tables)
{
	_cleanup_(region_deinit) struct region region = {.length = (size_t)(tokens - address)};
	_free_ struct run *runs = NULL;
	size_t most = 0, kept;
	uint8_t letter;

	if (tokens <= address || tokens - address > NAMES_MAX || !find_letter(tables, &letter))
		return err_at(ERR_CORRUPT, address, "no names of kallsyms before its tokens");
	for (size_t i = 0; i < count; i++)
		most = MAX(most, counts[i]);
	runs = calloc(runs_of(most) + 1, sizeof(*runs));
	if (!runs)
		return &err_nomem;
	TRY(read_region(source, address, &region));
	kept = choose_form(&region, counts, count, runs);
	if (kept < region.count - kept || !kept)
		return err_at(ERR_CORRUPT, address, "most kallsyms names or markers are damaged");
	tables->count = region.count;
	tables->lost = region.count - kept;
	return gather_runs(&region, runs, letter, tables);
}

static bool is_lost(const struct kallsyms_tables *tables, const uint8_t *name, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!tables->tokens[tables->token_index[name[i]]])
			return true;
	return false;
}

/* In place: what is left of a name is never longer than it was. */
struct err *kallsyms_drop_names(struct kallsyms_tables *tables)
{
	uint8_t *to = tables->names, letter;
	size_t at = 0, header;

	if (!find_letter(tables, &letter))
		return err_new(ERR_CORRUPT, "no kallsyms token of one letter");
	for (size_t i = 0; i < tables->count; i++) {
		const uint8_t empty[] = {1, letter}, *name = tables->names + at;
		size_t length = kallsyms_name_length(name, tables->names_size - at, &header);

		at += header + length;
		if (!length || is_lost(tables, name + header, length)) {
			name = empty;
			header = length = 1;
			tables->lost++;
		}
		memmove(to, name, header + length);
		to += header + length;
	}
	tables->names_size = (size_t)(to - tables->names);
	return tables->lost > tables->count / 2
		       ? err_new(ERR_CORRUPT, "%zu of %zu kallsyms names are damaged", tables->lost,
				 tables->count)
		       : NULL;
}
