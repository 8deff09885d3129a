/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a profile, line by line. It may come from anybody. */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/parse.h"
#include "kernel/types/profile.h"
#include "kernel/types/profile_asks.h"
#include "kernel/types/profile_words.h"

#define DEPTH_MAX 8 /* of arrays and pointers in one another */
#define SUM_LINE (sizeof("sum 0123456789abcdef\n") - 1)

struct reader {
	const char *at, *end; /* of what is left */
	unsigned line;
	const char *word_at, *line_end; /* of what is left of the line */
	struct profile_model *model;
	uint32_t record; /* whose members follow; 0 none */
};

static bool next_line(struct reader *reader)
{
	if (reader->at >= reader->end)
		return false;
	const char *newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	reader->word_at = reader->at;
	reader->line_end = newline ? newline : reader->end;
	reader->at = newline ? newline + 1 : reader->end;
	reader->line++;
	return true;
}

/* The line's next word, what stands between two spaces; false at its end and for one too long. */
static bool next_word(struct reader *reader, char *word, size_t size)
{
	size_t left = (size_t)(reader->line_end - reader->word_at);
	const char *space = memchr(reader->word_at, ' ', left);
	size_t length = space ? (size_t)(space - reader->word_at) : left;

	if (!length || length >= size || memchr(reader->word_at, '\0', length))
		return false;
	copy_part(word, size, reader->word_at, length);
	reader->word_at += length + (space != NULL);
	return true;
}

static bool next_number(struct reader *reader, uint64_t *ret)
{
	char word[24];

	return next_word(reader, word, sizeof(word)) && parse_dec(word, strlen(word), ret);
}

static struct err *bad(const struct reader *reader, const char *what)
{
	return err_new(ERR_CORRUPT, "line %u: %s", reader->line, what);
}

/* --- types -------------------------------------------------------------------------------------- */

static enum type_kind kind_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(profile_words); i++)
		if (!strcmp(profile_words[i].word, word))
			return profile_words[i].kind;
	return TYPE_NONE;
}

static struct err *read_type(struct reader *reader, unsigned depth, uint32_t *ret);

/* What follows the word of its kind. */
static struct err *read_parts(struct reader *reader, unsigned depth, struct profile_type *type)
{
	char name[PROFILE_NAME_MAX + 1];

	switch (type->kind) {
	case TYPE_STRUCT:
	case TYPE_UNION:
		if (!next_word(reader, name, sizeof(name)))
			return bad(reader, "a structure without a name");
		return profile_model_record(reader->model, type->kind, name, &type->record);
	case TYPE_ARRAY:
		if (!next_number(reader, &type->count))
			return bad(reader, "an array without a count");
		return read_type(reader, depth + 1, &type->target);
	case TYPE_POINTER:
		return reader->word_at < reader->line_end
			       ? read_type(reader, depth + 1, &type->target)
			       : NULL;
	default:
		return next_number(reader, &type->size) ? NULL
							: bad(reader, "a number without a size");
	}
}

static struct err *read_type(struct reader *reader, unsigned depth, uint32_t *ret)
{
	struct profile_type type = {0};
	char word[16];

	if (depth > DEPTH_MAX || !next_word(reader, word, sizeof(word)) ||
	    !(type.kind = kind_of(word)))
		return bad(reader, "no type");
	TRY(read_parts(reader, depth, &type));
	return profile_model_type(reader->model, &type, ret);
}

/* --- lines -------------------------------------------------------------------------------------- */

/* "11" or "11:7:1". */
static bool read_place(const char *word, struct profile_member *member)
{
	const char *shift = strchr(word, ':'), *bits = shift ? strchr(shift + 1, ':') : NULL;
	uint64_t bytes, first = 0, width = 0;

	if (!parse_dec(word, shift ? (size_t)(shift - word) : strlen(word), &bytes) ||
	    bytes > UINT32_MAX)
		return false;
	if (shift &&
	    (!bits || !parse_dec(shift + 1, (size_t)(bits - shift - 1), &first) ||
	     !parse_dec(bits + 1, strlen(bits + 1), &width) || first > 7 || !width || width > 64))
		return false;
	member->value = bytes * 8 + first;
	member->bits = (uint8_t)width;
	return true;
}

static struct err *read_member(struct reader *reader)
{
	char name[PROFILE_NAME_MAX + 1], place[32];
	struct profile_member member = {.name = name};

	reader->word_at++; /* the tab */
	if (!reader->record || !next_word(reader, name, sizeof(name)))
		return bad(reader, "no member");
	if (profile_model_at(reader->model, reader->record)->kind == TYPE_ENUM) {
		if (!next_number(reader, &member.value))
			return bad(reader, "a name without a value");
	} else {
		if (!next_word(reader, place, sizeof(place)) || !read_place(place, &member))
			return bad(reader, "a member without a place");
		TRY(read_type(reader, 0, &member.type));
	}
	return profile_model_add(reader->model, reader->record, &member);
}

static struct err *read_record(struct reader *reader, enum type_kind kind)
{
	char name[PROFILE_NAME_MAX + 1];
	uint64_t size;

	if (!next_word(reader, name, sizeof(name)) || !next_number(reader, &size))
		return bad(reader, "a structure without a name or size");
	TRY(profile_model_record(reader->model, kind, name, &reader->record));
	return profile_model_define(reader->model, reader->record, size);
}

static struct err *read_alias(struct reader *reader)
{
	char name[PROFILE_NAME_MAX + 1];
	uint32_t type;

	reader->record = 0;
	if (!next_word(reader, name, sizeof(name)))
		return bad(reader, "an alias without a name");
	TRY(read_type(reader, 0, &type));
	return profile_model_alias(reader->model, name, type);
}

static struct err *read_body_line(struct reader *reader)
{
	char word[16];

	if (reader->word_at < reader->line_end && *reader->word_at == '\t')
		return read_member(reader);
	if (!next_word(reader, word, sizeof(word)))
		return bad(reader, "an empty line");
	if (!strcmp(word, "alias"))
		return read_alias(reader);
	enum type_kind kind = kind_of(word);
	return kind == TYPE_STRUCT || kind == TYPE_UNION || kind == TYPE_ENUM
		       ? read_record(reader, kind)
		       : bad(reader, "no structure, union, enumeration or alias");
}

/* --- the head ----------------------------------------------------------------------------------- */

/* The rest of the line; false when it is too long or not printable. */
static bool take_rest(struct reader *reader, char *ret, size_t size)
{
	size_t length = (size_t)(reader->line_end - reader->word_at);

	if (length >= size || !is_printable(reader->word_at, length))
		return false;
	copy_part(ret, size, reader->word_at, length);
	return true;
}

static bool read_from(struct reader *reader, struct profile_info *info)
{
	char word[16];

	if (!next_word(reader, word, sizeof(word)))
		return false;
	info->probed = !strcmp(word, "probing");
	return info->probed
		       ? next_number(reader, &info->proven) && next_number(reader, &info->inferred)
		       : !strcmp(word, "dwarf");
}

static bool read_hex(struct reader *reader, uint64_t *ret)
{
	char word[24];

	return next_word(reader, word, sizeof(word)) && parse_hex(word, strlen(word), ret);
}

/* One line behind its first word; the head ends with "from". */
static bool read_head_line(struct reader *reader, const char *word, struct profile_info *info)
{
	uint64_t asks;

	if (!strcmp(word, "release"))
		return take_rest(reader, info->release, sizeof(info->release));
	if (!strcmp(word, "build-id"))
		return take_rest(reader, info->build_id, sizeof(info->build_id));
	if (!strcmp(word, "banner"))
		return read_hex(reader, &info->banner_address) &&
		       take_rest(reader, info->banner, sizeof(info->banner));
	if (!strcmp(word, "from"))
		return read_from(reader, info);
	if (strcmp(word, "asks") != 0 || !read_hex(reader, &asks))
		return false;
	info->whole = asks == profile_asks_hash();
	return true;
}

static struct err *read_head(struct reader *reader, struct profile_info *info)
{
	char word[16];

	do {
		if (!next_line(reader) || !next_word(reader, word, sizeof(word)) ||
		    !read_head_line(reader, word, info))
			return bad(reader, "nothing of a profile's head");
	} while (strcmp(word, "from") != 0);
	return info->release[0] || info->build_id[0] ? NULL : bad(reader, "of no kernel");
}

/* --- all of it ---------------------------------------------------------------------------------- */

static struct err *check_frame(const char *text, size_t length)
{
	static const char magic[] = PROFILE_MAGIC "\n";
	size_t before = sizeof("triage profile ") - 1;
	char sum[SUM_LINE + 1];

	if (length < before || memcmp(text, magic, before) != 0)
		return err_new(ERR_INVALID, "no profile");
	if (length < sizeof(magic) - 1 || memcmp(text, magic, sizeof(magic) - 1) != 0)
		return err_new(ERR_INVALID, "a profile of another version of the format");
	if (length > PROFILE_BYTES_MAX)
		return err_new(ERR_LIMIT, "a profile of %zu bytes", length);
	if (length < sizeof(magic) - 1 + SUM_LINE)
		return err_new(ERR_CORRUPT, "its end is missing");
	snprintf(sum, sizeof(sum), "sum %016llx\n",
		 (unsigned long long)hash_bytes(text, length - SUM_LINE));
	return memcmp(text + length - SUM_LINE, sum, SUM_LINE) != 0
		       ? err_new(ERR_CORRUPT, "its checksum is wrong: it was changed or cut")
		       : NULL;
}

struct err *profile_read(const char *text, size_t length, struct profile_info *info,
			 struct type_provider **ret)
{
	_cleanup_(cleanup_profile_model_close) struct profile_model *model = NULL;

	*info = (struct profile_info){0};
	TRY(check_frame(text, length));
	TRY(profile_model_open(&model));
	struct reader reader = {.at = text + sizeof(PROFILE_MAGIC),
				.end = text + length - SUM_LINE,
				.line = 1,
				.model = model};
	TRY(read_head(&reader, info));
	while (next_line(&reader))
		TRY(read_body_line(&reader));
	TRY(profile_model_check(model));
	if (info->whole)
		profile_model_set_whole(model);
	if (ret)
		*ret = profile_model_provider(take_ptr(model));
	return NULL;
}
