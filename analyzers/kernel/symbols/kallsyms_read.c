/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the kallsyms tables from where they are known to be. */
#include "kernel/symbols/kallsyms_read.h"

#include <stdlib.h>

#include "base/parse.h"
#include "kernel/symbols/kallsyms_mend.h"
#include "kernel/symbols/kallsyms_tokens.h"

#define CHUNK 4096u
#define NAMES_MAX (32u << 20)

/* Where in the names a walk is, and how many bytes of them are read. */
struct walk {
	size_t at, read, capacity;
};

static bool grow(struct kallsyms_tables *tables, struct walk *walk, size_t need)
{
	/* Names take 13 to 14 bytes: mostly this is enough, and what is not used costs nothing. */
	size_t bigger = walk->capacity ? walk->capacity : tables->count * 16 + CHUNK;

	while (bigger < need)
		bigger *= 2;
	if (bigger == walk->capacity)
		return true;
	uint8_t *names = realloc(tables->names, bigger);
	if (!names)
		return false;
	tables->names = names;
	walk->capacity = bigger;
	return true;
}

/* A length of zero: no more bytes make a name of it. */
static bool is_empty_name(const uint8_t *name)
{
	return !name[0] || (name[0] == 0x80 && !name[1]);
}

/* Behind the next name, to the end of a page at a time, so that no page is touched that need not be there. */
static struct err *pass_name(const struct kallsyms_source *source, uint64_t address,
			     struct kallsyms_tables *tables, struct walk *walk, bool *empty)
{
	size_t header, length;

	*empty = false;
	while (!(length = kallsyms_name_length(tables->names + walk->at, walk->read - walk->at,
					       &header))) {
		size_t bytes = CHUNK - (address + walk->read) % CHUNK;

		*empty = walk->read >= walk->at + 2 && is_empty_name(tables->names + walk->at);
		if (*empty)
			return NULL;
		if (walk->read + bytes > NAMES_MAX)
			return err_at(ERR_LIMIT, address, "kallsyms names have no end");
		if (!grow(tables, walk, walk->read + bytes))
			return &err_nomem;
		TRY(err_wrap(source->stream(source->context, address + walk->read,
					    tables->names + walk->read, bytes),
			     "kallsyms_names"));
		walk->read += bytes;
	}
	walk->at += header + length;
	return NULL;
}

struct err *kallsyms_read_names(const struct kallsyms_source *source, uint64_t address,
				struct kallsyms_tables *tables)
{
	struct walk walk = {0};
	bool empty;

	for (size_t i = 0; i < tables->count; i++) {
		if (i % KALLSYMS_RUN == 0)
			tables->last_run = walk.at;
		TRY(pass_name(source, address, tables, &walk, &empty));
		if (empty)
			return err_at(ERR_CORRUPT, address + walk.at, "empty kallsyms name %zu", i);
	}
	tables->names_size = walk.at;
	return NULL;
}

/* Behind the last name are zeros, for the markers begin with one: so many names lead there, whatever their count says. */
static struct err *count_names(const struct kallsyms_source *source, uint64_t address,
			       struct kallsyms_tables *tables)
{
	struct walk walk = {0};
	size_t count = 0;
	bool empty;

	for (;; count++) {
		if (count % KALLSYMS_RUN == 0)
			tables->last_run = walk.at;
		TRY(pass_name(source, address, tables, &walk, &empty));
		if (empty || count == KALLSYMS_MAX)
			break;
	}
	tables->names_size = walk.at;
	tables->count = count;
	return NULL;
}

/* What can be read of them: the values of other pages are lost. */
static struct err *read_pages_of_values(const struct kallsyms_source *source, uint64_t address,
					struct kallsyms_tables *tables)
{
	size_t width = tables->values_size / tables->count;

	tables->sound = calloc(tables->count, sizeof(*tables->sound));
	if (!tables->sound)
		return &err_nomem;
	for (size_t at = 0, i = 0; at < tables->values_size;) {
		size_t bytes = MIN(CHUNK - (address + at) % CHUNK, tables->values_size - at);
		struct err *err = source->stream(source->context, address + at,
						 (char *)tables->values + at, bytes);

		if (err == &err_nomem)
			return err;
		/* The last value of a page may end in the next. */
		size_t first = at / width;
		for (at += bytes; i * width < at; i++)
			tables->sound[i] = err ? KALLSYMS_NONE : (uint32_t)i;
		if (err)
			tables->sound[first] = KALLSYMS_NONE;
		err_free(err);
	}
	return NULL;
}

struct err *kallsyms_read_values(const struct kallsyms_source *source, uint64_t address,
				 struct kallsyms_tables *tables)
{
	tables->values_size = tables->count * (tables->kind == KALLSYMS_ADDRESSES ? 8 : 4);
	tables->values = calloc(1, tables->values_size);
	if (!tables->values)
		return &err_nomem;
	struct err *err =
		source->stream(source->context, address, tables->values, tables->values_size);
	if (!err || err == &err_nomem)
		return err;
	tables->why_no_value = err->code;
	err_free(err);
	return read_pages_of_values(source, address, tables);
}

/* Do the names end here, and is the last marker, 4 or 8 bytes behind them, what walking them came to? */
static bool names_agree_with_marker(const struct kallsyms_source *source, uint64_t names,
				    const struct kallsyms_tables *tables)
{
	size_t last = (tables->count - 1) / KALLSYMS_RUN;
	uint8_t next;

	if (!err_ok(source->read(source->context, names + tables->names_size, &next, 1)) || next)
		return false;
	for (size_t align = 4; align <= 8; align += 4) {
		uint64_t markers = (names + tables->names_size + align - 1) / align * align;

		for (size_t width = 4; width <= 8; width += 4) {
			uint8_t marker[4];

			if (err_ok(source->read(source->context, markers + last * width, marker,
						sizeof(marker))) &&
			    load_u32(marker) == tables->last_run)
				return true;
		}
	}
	return false;
}

/* Counts that there may be, of which one is right. */
struct counts {
	size_t at[3], count;
};

/* As many as there is room for values, up to what aligns the table behind them; any where that is not known. */
static bool has_room(const struct kallsyms_places *places, size_t count)
{
	size_t width = places->kind == KALLSYMS_ADDRESSES ? 8 : 4;
	uint64_t room = (places->values_end - places->values) / width;

	return !places->values_end || count == room || (width == 4 && count + 1 == room);
}

/* told is kallsyms_num_syms; walked how many names lead to markers that agree; or 0. */
static void find_counts(const struct kallsyms_places *places, size_t told, size_t walked,
			struct counts *ret)
{
	size_t width = places->kind == KALLSYMS_ADDRESSES ? 8 : 4;
	size_t room = (size_t)(places->values_end - places->values) / width;
	size_t run = KALLSYMS_RUN;

	if (told && has_room(places, told))
		ret->at[ret->count++] = told;
	if (places->values_end)
		for (size_t i = 0; i < 2; i++)
			if (room > i && room <= KALLSYMS_MAX && has_room(places, room - i))
				ret->at[ret->count++] = room - i;
	/* A few that differ may as well be damaged names. */
	if (!places->values_end && walked && (walked + run - 1) / run != (told + run - 1) / run)
		ret->at[ret->count++] = walked;
}

/* One length that is damaged moves all names behind it; the count may be, and markers: of the three two agree. */
static struct err *recover_names(const struct kallsyms_source *source,
				 const struct kallsyms_places *places,
				 struct kallsyms_tables *tables)
{
	size_t told = tables->count, walked = 0;
	struct counts counts = {0};

	if (TRY_OK(count_names(source, places->names, tables)) && tables->count &&
	    names_agree_with_marker(source, places->names, tables))
		walked = tables->count;
	find_counts(places, told, walked, &counts);
	TRY(kallsyms_mend_names(source, places->names, places->tokens, counts.at, counts.count,
				tables));
	tables->counted = tables->count != told;
	return NULL;
}

static struct err *read_or_recover_names(const struct kallsyms_source *source,
					 const struct kallsyms_places *places,
					 struct kallsyms_tables *tables)
{
	struct err *err = kallsyms_read_names(source, places->names, tables);

	if (!err && tables->count && names_agree_with_marker(source, places->names, tables))
		return NULL;
	if (err == &err_nomem)
		return err;
	tables->why_lost = err ? err->code : ERR_CORRUPT;
	struct err *worse = recover_names(source, places, tables);
	if (!worse || !err) {
		err_free(err);
		return worse;
	}
	err_free(worse);
	return err;
}

/* 0 where it cannot be read, or makes no sense. */
static struct err *read_count(const struct kallsyms_source *source, uint64_t address, size_t *ret)
{
	uint8_t count[4];

	*ret = 0;
	if (TRY_OK(source->read(source->context, address, count, sizeof(count))) &&
	    load_u32(count) <= KALLSYMS_MAX)
		*ret = load_u32(count);
	return NULL;
}

struct err *kallsyms_read_count_and_names(const struct kallsyms_source *source,
					  const struct kallsyms_places *places,
					  struct kallsyms_tables *tables)
{
	TRY(read_count(source, places->num_syms, &tables->count));
	/* Tokens first: cheap, and wrong places show before megabytes are read. */
	TRY(kallsyms_read_tokens(source, places->tokens, places->token_index, tables));
	TRY(read_or_recover_names(source, places, tables));
	return tables->lost_tokens ? kallsyms_drop_names(tables) : NULL;
}

struct err *kallsyms_read(const struct kallsyms_source *source,
			  const struct kallsyms_places *places, struct kallsyms_tables *ret)
{
	_kallsyms_tables_ struct kallsyms_tables tables = {
		.kind = places->kind,
		.base = places->base,
	};

	TRY(kallsyms_read_count_and_names(source, places, &tables));
	TRY(kallsyms_read_values(source, places->values, &tables));
	*ret = tables;
	tables = (struct kallsyms_tables){0};
	return NULL;
}
