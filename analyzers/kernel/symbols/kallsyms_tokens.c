/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tokens that names of kallsyms are made of, and what is damaged of them. scripts/kallsyms.c writes 256 strings and
 * where each begins. It leaves every character of a name its own code, and makes each longer token of two others: one
 * that is not so made is damaged. What is not told: two letters that became two other letters.
 */
#include "kernel/symbols/kallsyms_tokens.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"

#define TOKENS_MAX (32u << 10)
#define TABLE_MAX 8192u /* of a table that is searched for */
#define TABLE_ALIGN 4u
#define LENGTH_MAX 64u
#define INDEX_SIZE (KALLSYMS_TOKENS * sizeof(uint16_t))
#define BAD_MAX 8u /* entries of an index that make no sense, where one is searched for */
#define PAGE 4096u

/* What cannot be read is zeros. The first error where nothing could be. */
static struct err *read_pages(const struct kallsyms_source *source, uint64_t address, void *buf,
			      size_t length)
{
	_err_ struct err *first = NULL;
	bool any = false;

	memset(buf, 0, length);
	for (size_t at = 0; at < length;) {
		size_t bytes = MIN(PAGE - (address + at) % PAGE, length - at);
		struct err *err =
			source->read(source->context, address + at, (char *)buf + at, bytes);

		if (err == &err_nomem)
			return err;
		any |= !err;
		if (err && !first)
			first = take_ptr(err);
		err_free(err);
		at += bytes;
	}
	return any ? NULL : take_ptr(first);
}

/* --- where each begins -------------------------------------------------------------------------- */

/* The table and what the index says of it; end is behind the last token. */
struct table {
	const char *bytes;
	size_t size;
	uint32_t starts[KALLSYMS_TOKENS + 1];
	bool sound[KALLSYMS_TOKENS];
};

static size_t end_of(const struct table *table, size_t start)
{
	const char *end = start < table->size
				  ? memchr(table->bytes + start, '\0', table->size - start)
				  : NULL;

	return end ? (size_t)(end - table->bytes) : table->size;
}

/* Behind the last token come zeros, up to where the index is aligned. */
static bool is_end(const struct table *table, size_t at)
{
	if (at > table->size || table->size - at >= 2 * sizeof(uint64_t))
		return false;
	for (size_t i = at; i < table->size; i++)
		if (table->bytes[i])
			return false;
	return true;
}

static bool begins_at(const struct table *table, size_t start)
{
	return start < table->size && (!start || !table->bytes[start - 1]);
}

/* Do table and index agree on the token's place and length? */
static bool agrees(const struct table *table, size_t i)
{
	size_t start = table->starts[i], next;

	if (!begins_at(table, start) || (start == 0) != (i == 0))
		return false;
	next = end_of(table, start) + 1;
	return i + 1 == KALLSYMS_TOKENS ? is_end(table, next) : next == table->starts[i + 1];
}

/* As many strings as these tokens are, that end where the next sound one begins, are theirs: the index is damaged. */
static void walk_gap(struct table *table, size_t from, size_t to)
{
	size_t at = from ? end_of(table, table->starts[from - 1]) + 1 : 0, walked = at;

	for (size_t i = from; i < to; i++)
		walked = end_of(table, walked) + 1;
	if (to < KALLSYMS_TOKENS ? walked != table->starts[to] : !is_end(table, walked))
		return;
	for (size_t i = from; i < to; i++) {
		table->starts[i] = (uint32_t)at;
		table->sound[i] = true;
		at = end_of(table, at) + 1;
	}
}

static void find_places(struct table *table)
{
	for (size_t i = 0; i < KALLSYMS_TOKENS; i++)
		table->sound[i] = agrees(table, i);
	for (size_t i = 0, end; i < KALLSYMS_TOKENS; i = end + 1) {
		for (end = i; end < KALLSYMS_TOKENS && !table->sound[end]; end++)
			;
		if (end > i)
			walk_gap(table, i, end);
	}
}

static void load_index(struct table *table, const uint8_t *index)
{
	for (size_t i = 0; i < KALLSYMS_TOKENS; i++)
		table->starts[i] = load_u16(index + i * sizeof(uint16_t));
	table->starts[KALLSYMS_TOKENS] = (uint32_t)table->size;
}

/* --- what each is --------------------------------------------------------------------------------- */

/* By the index, where that makes sense; 0: not known, or none. */
static size_t length_of(const struct table *table, size_t i)
{
	size_t start = table->starts[i], next = table->starts[i + 1];

	return next > start && next - start <= LENGTH_MAX ? next - start - 1 : 0;
}

/* A token of one letter is that of its code, whatever stands there. */
static bool is_letter(const struct table *table, size_t i)
{
	size_t start = table->starts[i];

	return isgraph((int)i) && length_of(table, i) == 1 && begins_at(table, start) &&
	       !table->bytes[start + 1];
}

/* A character of a name is its own code. */
static bool is_letter_token(const struct table *table, unsigned char letter)
{
	const char *text = table->bytes + table->starts[letter];

	return !table->sound[letter] || is_letter(table, letter) ||
	       ((unsigned char)text[0] == letter && !text[1]);
}

static bool is_token(const struct table *table, const char *text, size_t length)
{
	if (length == 1)
		return is_letter_token(table, (unsigned char)*text);
	if (!table->sound[KALLSYMS_TOKENS - 1])
		return true; /* nothing says how long it was */
	for (size_t i = 0; i < KALLSYMS_TOKENS; i++) {
		if (length_of(table, i) != length)
			continue;
		/* One that is damaged may have been this. */
		if (!table->sound[i] || !memcmp(table->bytes + table->starts[i], text, length))
			return true;
	}
	return false;
}

static bool is_made_of_two(const struct table *table, const char *text, size_t length)
{
	for (size_t first = 1; first < length; first++)
		if (is_token(table, text, first) && is_token(table, text + first, length - first))
			return true;
	return false;
}

static bool is_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isgraph((unsigned char)text[i]))
			return false;
	return true;
}

static bool makes_sense(const struct table *table, size_t i)
{
	const char *text = table->bytes + table->starts[i];
	size_t length = strlen(text);

	if (length == 1)
		return (unsigned char)*text == i;
	return is_text(text, length) && (!length || is_made_of_two(table, text, length));
}

/* Behind the table: an empty string for all that is lost, and one for each letter. */
static void make_room(struct kallsyms_tables *tables, size_t size)
{
	for (size_t i = 0; i < KALLSYMS_TOKENS; i++)
		tables->tokens[size + 1 + 2 * i] = (char)i;
}

static size_t keep_sound(const struct table *table, struct kallsyms_tables *tables)
{
	size_t lost = 0;

	for (size_t i = 0; i < KALLSYMS_TOKENS; i++) {
		size_t place = table->size;

		if (table->sound[i] && makes_sense(table, i))
			place = table->starts[i];
		else if (is_letter(table, i))
			place += 1 + 2 * i;
		tables->token_index[i] = (uint16_t)place;
		lost += place == table->size;
	}
	return lost;
}

struct err *kallsyms_read_tokens(const struct kallsyms_source *source, uint64_t tokens,
				 uint64_t token_index, struct kallsyms_tables *tables)
{
	uint8_t index[INDEX_SIZE];
	struct table table = {0};

	/* The index directly follows the table in every era. */
	if (token_index <= tokens || token_index - tokens >= TOKENS_MAX)
		return err_at(ERR_CORRUPT, tokens, "kallsyms token table of %lld bytes",
			      (long long)(token_index - tokens));
	table.size = (size_t)(token_index - tokens);
	tables->tokens_size = table.size + 1 + 2 * (size_t)KALLSYMS_TOKENS;
	tables->tokens = calloc(1, tables->tokens_size);
	if (!tables->tokens)
		return &err_nomem;
	TRY(err_wrap(read_pages(source, tokens, tables->tokens, table.size),
		     "kallsyms_token_table"));
	TRY(err_wrap(read_pages(source, token_index, index, sizeof(index)),
		     "kallsyms_token_index"));
	make_room(tables, table.size);
	table.bytes = tables->tokens;
	load_index(&table, index);
	find_places(&table);
	/* Behind the last one are zeros. */
	table.starts[KALLSYMS_TOKENS] =
		(uint32_t)end_of(&table, table.starts[KALLSYMS_TOKENS - 1]) + 1;
	tables->lost_tokens = keep_sound(&table, tables);
	if (tables->lost_tokens > KALLSYMS_TOKENS / 2)
		return err_at(ERR_CORRUPT, tokens, "%zu of %u kallsyms tokens are lost",
			      tables->lost_tokens, KALLSYMS_TOKENS);
	return NULL;
}

/* --- by what they look like ---------------------------------------------------------------------- */

static bool looks_like_index(const uint8_t *bytes)
{
	unsigned bad = 0;

	for (size_t i = 1; i < KALLSYMS_TOKENS && bad <= BAD_MAX; i++) {
		uint16_t step = (uint16_t)(load_u16(bytes + i * 2) - load_u16(bytes + i * 2 - 2));

		bad += !step || step > LENGTH_MAX;
	}
	return bad <= BAD_MAX;
}

/*
 * The table ends, but for padding, where its index begins: of all lengths that on which the two agree the most. How many
 * tokens they agree on.
 */
static size_t find_table(const struct kallsyms_source *source, uint64_t token_index,
			 const uint8_t *index, uint64_t *tokens)
{
	char bytes[TABLE_MAX];
	struct table table;
	size_t best = 0;

	if (!err_ok(read_pages(source, token_index - sizeof(bytes), bytes, sizeof(bytes))))
		return 0;
	for (size_t size = KALLSYMS_TOKENS; size <= sizeof(bytes); size += TABLE_ALIGN) {
		size_t sound = 0;

		table.bytes = bytes + sizeof(bytes) - size;
		table.size = size;
		load_index(&table, index);
		for (size_t i = 0; i < KALLSYMS_TOKENS; i++)
			sound += agrees(&table, i);
		if (sound <= best)
			continue;
		best = sound;
		*tokens = token_index - size;
	}
	return best;
}

/* Whose table is found, and on how many tokens both agree: a few entries further on they agree on fewer. */
struct found {
	uint64_t tokens, index;
	size_t sound;
};

static void look_in_page(const struct kallsyms_source *source, uint64_t page, struct found *found)
{
	uint8_t bytes[PAGE + INDEX_SIZE];

	if (!err_ok(read_pages(source, page, bytes, sizeof(bytes))))
		return;
	for (size_t at = 0; at < PAGE; at += TABLE_ALIGN) {
		uint64_t tokens = 0;
		size_t sound = looks_like_index(bytes + at)
				       ? find_table(source, page + at, bytes + at, &tokens)
				       : 0;

		if (sound > found->sound)
			*found = (struct found){tokens, page + at, sound};
	}
}

struct err *kallsyms_find_tokens(const struct kallsyms_source *source, uint64_t from,
				 uint64_t length, uint64_t *tokens, uint64_t *token_index)
{
	uint64_t page = from & ~(uint64_t)(PAGE - 1), end = page + length;
	struct found found = {.sound = KALLSYMS_TOKENS / 2};

	for (; page < end && (!found.index || page < found.index + PAGE); page += PAGE)
		look_in_page(source, page, &found);
	*tokens = found.tokens;
	*token_index = found.index;
	return found.index ? NULL : err_at(ERR_NOT_FOUND, from, "no tokens of kallsyms");
}
