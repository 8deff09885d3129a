/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's own symbol table: names out of tokens, look-ups by name and address. */
#include "kernel/symbols/kallsyms.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/parse.h"
#include "base/str.h"
#include "kernel/symbols/kallsyms_values.h"

/* The place of every 32nd name is kept; the kernel's own markers are of every 256th. */
#define STRIDE 32
#define AHEAD 16
#define HASH_FACTOR 0x100000001b3ull

/*
 * A name's hash is a polynomial over its characters, so that it can be had token by token:
 * hash(ab) = hash(a) × factor(b) + hash(b). All names hashed this way cost a fifth of decoding
 * them.
 */
struct token {
	uint16_t start;
	uint16_t length;
	uint64_t hash, factor;
	uint64_t tail_hash; /* without the first character, which may be the type letter */
};

struct kallsyms {
	struct kallsyms_tables tables;
	uint32_t *places; /* of every STRIDE-th name in names */
	struct token tokens[KALLSYMS_TOKENS];
	struct hash_index index; /* built by the first kallsyms_find() */
};

void kallsyms_close(struct kallsyms *kallsyms)
{
	if (!kallsyms)
		return;
	kallsyms_tables_deinit(&kallsyms->tables);
	hash_index_deinit(&kallsyms->index);
	free(kallsyms->places);
	free(kallsyms);
}

size_t kallsyms_name_length(const uint8_t *names, size_t size, size_t *header)
{
	size_t length;

	*header = 1;
	if (size < 2)
		return 0;
	length = names[0];
	if (length & 0x80) {
		length = (length & 0x7f) | (size_t)names[1] << 7;
		*header = 2;
	}
	return length <= size - *header ? length : 0;
}

static uint64_t hash_more(uint64_t hash, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		hash = hash * HASH_FACTOR + (unsigned char)text[i];
	return hash;
}

static struct err *prepare_tokens(struct kallsyms *kallsyms)
{
	const struct kallsyms_tables *tables = &kallsyms->tables;

	for (size_t i = 0; i < KALLSYMS_TOKENS; i++) {
		struct token *token = &kallsyms->tokens[i];
		uint16_t start = tables->token_index[i];
		const char *text = tables->tokens + start;

		if (start >= tables->tokens_size ||
		    !memchr(text, '\0', MIN(tables->tokens_size - start, 1024u)))
			return err_new(ERR_CORRUPT, "kallsyms token %zu runs past the table", i);
		size_t length = strlen(text);
		/* Codes no name uses have an empty string. */
		if (length && !is_printable(text, length))
			return err_new(ERR_CORRUPT, "kallsyms token %zu is not text", i);
		token->start = start;
		token->length = (uint16_t)length;
		token->hash = hash_more(0, text, length);
		token->tail_hash = length ? hash_more(0, text + 1, length - 1) : 0;
		token->factor = 1;
		for (size_t k = 0; k < length; k++)
			token->factor *= HASH_FACTOR;
	}
	return NULL;
}

static struct err *prepare_names(struct kallsyms *kallsyms)
{
	const struct kallsyms_tables *tables = &kallsyms->tables;
	size_t at = 0;

	kallsyms->places = calloc(tables->count / STRIDE + 1, sizeof(*kallsyms->places));
	if (!kallsyms->places)
		return &err_nomem;
	for (size_t i = 0; i < tables->count; i++) {
		size_t header, length;

		length = kallsyms_name_length(tables->names + at, tables->names_size - at, &header);
		if (!length)
			return err_new(ERR_CORRUPT, "kallsyms name %zu of %zu runs past the end", i,
				       tables->count);
		/* The first letter of the first token is the symbol's type. */
		if (!kallsyms->tokens[tables->names[at + header]].length)
			return err_new(ERR_CORRUPT, "kallsyms name %zu has no type", i);
		if (i % STRIDE == 0)
			kallsyms->places[i / STRIDE] = (uint32_t)at;
		at += header + length;
	}
	return NULL;
}

uint64_t kallsyms_address(const struct kallsyms *kallsyms, size_t i)
{
	return kallsyms_value(&kallsyms->tables, i);
}

bool kallsyms_has_address(const struct kallsyms *kallsyms, size_t i)
{
	return !kallsyms_value_lost(&kallsyms->tables, i);
}

struct err *kallsyms_drop_address(struct kallsyms *kallsyms, size_t i)
{
	return kallsyms_drop_value(&kallsyms->tables, i);
}

bool kallsyms_move_base(struct kallsyms *kallsyms, uint64_t by)
{
	if (kallsyms->tables.kind != KALLSYMS_BASE_RELATIVE)
		return false;
	kallsyms->tables.base += by;
	return true;
}

struct err *kallsyms_open(struct kallsyms_tables *tables, struct kallsyms **ret)
{
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = calloc(1, sizeof(*kallsyms));
	size_t width = tables->kind == KALLSYMS_ADDRESSES ? 8 : 4;

	if (!kallsyms) {
		kallsyms_tables_deinit(tables);
		return &err_nomem;
	}
	kallsyms->tables = *tables;
	*tables = (struct kallsyms_tables){0};
	if (!kallsyms->tables.count || kallsyms->tables.count > KALLSYMS_MAX ||
	    kallsyms->tables.values_size / width < kallsyms->tables.count)
		return err_new(ERR_CORRUPT, "%zu kallsyms symbols with %zu bytes of addresses",
			       kallsyms->tables.count, kallsyms->tables.values_size);
	TRY(prepare_tokens(kallsyms));
	TRY(prepare_names(kallsyms));
	TRY(kallsyms_order_values(&kallsyms->tables));
	*ret = take_ptr(kallsyms);
	return NULL;
}

size_t kallsyms_count(const struct kallsyms *kallsyms)
{
	return kallsyms->tables.count;
}

bool kallsyms_counted(const struct kallsyms *kallsyms)
{
	return kallsyms->tables.counted;
}

size_t kallsyms_lost(const struct kallsyms *kallsyms, enum err_code *why)
{
	*why = kallsyms->tables.why_lost;
	return kallsyms->tables.lost;
}

size_t kallsyms_lost_addresses(const struct kallsyms *kallsyms, enum err_code *why)
{
	*why = kallsyms->tables.why_no_value;
	return kallsyms->tables.no_value;
}

/* Compressed form of name i; kallsyms_open() has seen that it lies inside names. */
static const uint8_t *compressed(const struct kallsyms *kallsyms, size_t i, size_t *length)
{
	const uint8_t *name = kallsyms->tables.names + kallsyms->places[i / STRIDE];
	const uint8_t *end = kallsyms->tables.names + kallsyms->tables.names_size;
	size_t header;

	*length = kallsyms_name_length(name, (size_t)(end - name), &header);
	for (size_t k = i % STRIDE; k; k--) {
		name += header + *length;
		*length = kallsyms_name_length(name, (size_t)(end - name), &header);
	}
	return name + header;
}

char kallsyms_name(const struct kallsyms *kallsyms, size_t i, char *buf, size_t size)
{
	size_t length, used = 0;
	const uint8_t *name = compressed(kallsyms, i, &length);
	const char *first = kallsyms->tables.tokens + kallsyms->tokens[name[0]].start;

	if (!kallsyms_has_address(kallsyms, i))
		length = 0;
	for (size_t k = 0; k < length && used < size - 1; k++) {
		const struct token *token = &kallsyms->tokens[name[k]];
		size_t skip = k == 0;
		size_t bytes = MIN(token->length - skip, size - 1 - used);

		memcpy(buf + used, kallsyms->tables.tokens + token->start + skip, bytes);
		used += bytes;
	}
	buf[used] = '\0';
	return *first;
}

bool kallsyms_at(const struct kallsyms *kallsyms, uint64_t address, size_t *ret)
{
	size_t i = array_first(kallsyms->tables.count, k, kallsyms_address(kallsyms, k) > address);

	if (!i)
		return false;
	i--;
	if (!kallsyms_has_address(kallsyms, i) && kallsyms_address(kallsyms, i) != address) {
		*ret = i;
		return true;
	}
	/* Of aliases the kernel's own traces name the first (get_symbol_pos). */
	while (i && kallsyms_address(kallsyms, i - 1) == kallsyms_address(kallsyms, i))
		i--;
	*ret = i;
	return true;
}

/* Does name i begin with text? The rest of it goes into *rest, cut to fit. */
static bool begins_with(const struct kallsyms *kallsyms, const uint8_t *name, size_t length,
			const char *text, const char **rest)
{
	for (size_t k = 0; k < length; k++) {
		const struct token *token = &kallsyms->tokens[name[k]];
		const char *part = kallsyms->tables.tokens + token->start + (k == 0);
		size_t bytes = token->length - (k == 0);
		size_t same = strnlen(text, bytes);

		if (memcmp(part, text, same))
			return false;
		text += same;
		if (same < bytes) {
			*rest = part + same;
			return true;
		}
	}
	*rest = "";
	return !*text;
}

static bool is_name(const void *table, uint32_t entry, const void *name)
{
	const struct kallsyms *kallsyms = table;
	const char *rest;
	size_t length;
	const uint8_t *compact = compressed(kallsyms, entry, &length);

	return begins_with(kallsyms, compact, length, name, &rest) && !*rest;
}

static uint64_t hash_name(const struct kallsyms *kallsyms, const uint8_t *name, size_t length)
{
	uint64_t hash = kallsyms->tokens[name[0]].tail_hash;

	for (size_t k = 1; k < length; k++) {
		const struct token *token = &kallsyms->tokens[name[k]];

		hash = hash * token->factor + token->hash;
	}
	return hash;
}

/* Hashes tell names apart while the index is made: one name of a forged table may go unfound. */
static bool is_hash(const void *table, uint32_t entry, const void *hash)
{
	size_t length;
	const uint8_t *name = compressed(table, entry, &length);

	return hash_name(table, name, length) == *(const uint64_t *)hash;
}

/* Each hash waits a while for its slot to come out of memory. */
static bool build_index(struct kallsyms *kallsyms)
{
	const struct kallsyms_tables *tables = &kallsyms->tables;
	uint64_t waiting[AHEAD];
	size_t at = 0, header;

	if (!hash_index_init(&kallsyms->index, tables->count))
		return false;
	for (size_t i = 0; i < tables->count + AHEAD; i++) {
		uint64_t *slot = &waiting[i % AHEAD];

		if (i >= AHEAD)
			hash_index_add(&kallsyms->index, *slot, (uint32_t)(i - AHEAD), is_hash,
				       kallsyms, slot);
		if (i >= tables->count)
			continue;
		size_t length =
			kallsyms_name_length(tables->names + at, tables->names_size - at, &header);
		*slot = hash_name(kallsyms, tables->names + at + header, length);
		hash_index_prefetch(&kallsyms->index, *slot);
		at += header + length;
	}
	return true;
}

bool kallsyms_find(struct kallsyms *kallsyms, const char *name, size_t *ret)
{
	uint32_t entry;

	if (!kallsyms->index.slots && !build_index(kallsyms))
		return false;
	if (!hash_index_find(&kallsyms->index, hash_more(0, name, strlen(name)), is_name, kallsyms,
			     name, &entry))
		return false;
	*ret = entry;
	return kallsyms_has_address(kallsyms, entry);
}

bool kallsyms_find_suffixed(const struct kallsyms *kallsyms, const char *name, size_t *ret)
{
	const struct kallsyms_tables *tables = &kallsyms->tables;
	size_t at = 0, header;

	for (size_t i = 0; i < tables->count; i++) {
		size_t length =
			kallsyms_name_length(tables->names + at, tables->names_size - at, &header);
		const uint8_t *compact = tables->names + at + header;
		const char *rest;

		if (strchr("tTwW", tables->tokens[kallsyms->tokens[compact[0]].start]) &&
		    begins_with(kallsyms, compact, length, name, &rest) && *rest == '.') {
			*ret = i;
			return kallsyms_has_address(kallsyms, i);
		}
		at += header + length;
	}
	return false;
}
