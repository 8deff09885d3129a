/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the kallsyms tables from where they are known to be. */
#include "kernel/symbols/kallsyms_read.h"

#include <stdlib.h>

#include "base/parse.h"
#include "kernel/symbols/kallsyms_mend.h"

#define CHUNK 4096u
#define NAMES_MAX (32u << 20)
#define TOKENS_MAX (64u << 10)

static bool grow(struct kallsyms_tables *tables, size_t *capacity, size_t need)
{
	/* Names take 13 to 14 bytes: mostly this is enough, and what is not used costs nothing. */
	size_t bigger = *capacity ? *capacity : tables->count * 16 + CHUNK;

	while (bigger < need)
		bigger *= 2;
	if (bigger == *capacity)
		return true;
	uint8_t *names = realloc(tables->names, bigger);
	if (!names)
		return false;
	tables->names = names;
	*capacity = bigger;
	return true;
}

/* A length of zero: no more bytes make a name of it. */
static bool is_empty_name(const uint8_t *name)
{
	return !name[0] || (name[0] == 0x80 && !name[1]);
}

/* To the end of a page at a time, so that no page is touched that need not be there. */
struct err *kallsyms_read_names(const struct kallsyms_source *source, uint64_t address,
				struct kallsyms_tables *tables)
{
	size_t walked = 0, read = 0, capacity = 0;

	for (size_t i = 0; i < tables->count; i++) {
		size_t header, length;

		if (i % KALLSYMS_RUN == 0)
			tables->last_run = walked;
		while (!(length = kallsyms_name_length(tables->names + walked, read - walked,
						       &header))) {
			size_t bytes = CHUNK - (address + read) % CHUNK;

			if (read >= walked + 2 && is_empty_name(tables->names + walked))
				return err_at(ERR_CORRUPT, address + walked,
					      "empty kallsyms name %zu", i);
			if (read + bytes > NAMES_MAX)
				return err_at(ERR_LIMIT, address, "kallsyms names have no end");
			if (!grow(tables, &capacity, read + bytes))
				return &err_nomem;
			TRY(err_wrap(source->stream(source->context, address + read,
						    tables->names + read, bytes),
				     "kallsyms_names"));
			read += bytes;
		}
		walked += header + length;
	}
	tables->names_size = walked;
	return NULL;
}

struct err *kallsyms_read_tokens(const struct kallsyms_source *source, uint64_t tokens,
				 uint64_t token_index, struct kallsyms_tables *tables)
{
	uint8_t index[KALLSYMS_TOKENS * 2];

	/* The index directly follows the table in every era. */
	if (token_index <= tokens || token_index - tokens > TOKENS_MAX)
		return err_at(ERR_CORRUPT, tokens, "kallsyms token table of %lld bytes",
			      (long long)(token_index - tokens));
	tables->tokens_size = (size_t)(token_index - tokens);
	tables->tokens = malloc(tables->tokens_size);
	if (!tables->tokens)
		return &err_nomem;
	TRY(err_wrap(source->read(source->context, tokens, tables->tokens, tables->tokens_size),
		     "kallsyms_token_table"));
	TRY(err_wrap(source->read(source->context, token_index, index, sizeof(index)),
		     "kallsyms_token_index"));
	for (size_t i = 0; i < KALLSYMS_TOKENS; i++)
		tables->token_index[i] = load_u16(index + i * 2);
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

/* Is the last marker, 4 or 8 bytes behind the names, what walking them came to? */
static bool names_agree_with_marker(const struct kallsyms_source *source, uint64_t names,
				    const struct kallsyms_tables *tables)
{
	size_t last = (tables->count - 1) / KALLSYMS_RUN;

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

/* One damaged length moves all names behind it. */
static struct err *read_or_mend_names(const struct kallsyms_source *source,
				      const struct kallsyms_places *places,
				      struct kallsyms_tables *tables)
{
	struct err *err = kallsyms_read_names(source, places->names, tables);

	if (!err && names_agree_with_marker(source, places->names, tables))
		return NULL;
	if (err == &err_nomem ||
	    !err_ok(kallsyms_mend_names(source, places->names, places->tokens, tables)))
		return err;
	tables->why_lost = err ? err->code : ERR_CORRUPT;
	err_free(err);
	return NULL;
}

struct err *kallsyms_read(const struct kallsyms_source *source,
			  const struct kallsyms_places *places, struct kallsyms_tables *ret)
{
	_kallsyms_tables_ struct kallsyms_tables tables = {
		.kind = places->kind,
		.base = places->base,
	};
	uint8_t count[4];

	TRY(err_wrap(source->read(source->context, places->num_syms, count, sizeof(count)),
		     "kallsyms_num_syms"));
	tables.count = load_u32(count);
	if (!tables.count || tables.count > KALLSYMS_MAX)
		return err_at(ERR_CORRUPT, places->num_syms, "kallsyms_num_syms is %zu",
			      tables.count);
	/* Tokens first: cheap, and wrong places show before megabytes are read. */
	TRY(kallsyms_read_tokens(source, places->tokens, places->token_index, &tables));
	TRY(read_or_mend_names(source, places, &tables));
	TRY(kallsyms_read_values(source, places->values, &tables));
	*ret = tables;
	tables = (struct kallsyms_tables){0};
	return NULL;
}
