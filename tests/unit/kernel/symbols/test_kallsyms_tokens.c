/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/symbols/kallsyms_tokens.h"

#include "base/parse.h"
#include "kallsyms_image.h"
#include "kernel/symbols/kallsyms.h"

#define COUNT 1000

static uint8_t *table_of(struct image *image)
{
	return image->bytes + (image->places.tokens - image->start);
}

static uint8_t *index_of(struct image *image, size_t token)
{
	return image->bytes + (image->places.token_index - image->start) + 2 * token;
}

static uint8_t *text_of(struct image *image, size_t token)
{
	return table_of(image) + load_u16(index_of(image, token));
}

static struct err *open_tables(struct image *image, struct kallsyms **ret)
{
	struct kallsyms_source source = image_source(image);
	_kallsyms_tables_ struct kallsyms_tables tables = {0};

	TRY(kallsyms_read(&source, &image->places, &tables));
	return kallsyms_open(&tables, ret);
}

/* Names are their own, or empty and lost. Returns how many are. */
static size_t check_names(struct image *image)
{
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
	enum err_code why;
	size_t empty = 0;

	assert_ok(open_tables(image, &kallsyms));
	for (size_t i = 0; i < COUNT; i++) {
		char wanted[512], name[512];

		image_symbol(i, COUNT, wanted, sizeof(wanted));
		kallsyms_name(kallsyms, i, name, sizeof(name));
		empty += !name[0];
		if (name[0])
			ck_assert_str_eq(name, wanted);
	}
	ck_assert_uint_eq(kallsyms_lost(kallsyms, &why), empty);
	return empty;
}

/* How many names have this in them. */
static size_t with(const char *text)
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT; i++) {
		char name[512];

		name[0] = image_symbol(i, COUNT, name + 1, sizeof(name) - 1);
		count += strstr(name, text) != NULL;
	}
	return count;
}

/* An entry of the index that is damaged is had from the table. */
START_TEST(the_table_tells_the_index)
{
	static const uint16_t values[] = {0, 1, 2, 90, 200, 0x8000, 0xffff};

	for (enum era era = 0; era < ERA_COUNT; era++) {
		struct image image;

		image_build(&image, era, COUNT, 0);
		for (size_t token = 0; token < KALLSYMS_TOKENS; token += 15)
			for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
				uint16_t sound = load_u16(index_of(&image, token));

				memcpy(index_of(&image, token), &values[i], 2);
				ck_assert_uint_eq(check_names(&image), 0);
				memcpy(index_of(&image, token), &sound, 2);
			}
		image_free(&image);
	}
}
END_TEST

START_TEST(without_an_index_the_table_does)
{
	struct image image;

	image_build(&image, ERA_SEQS, COUNT, 0);
	memset(index_of(&image, 0), 0, 2 * KALLSYMS_TOKENS);
	ck_assert_uint_eq(check_names(&image), 0);
	image_free(&image);
}
END_TEST

/* A token that is damaged costs the names that it is in; a letter, none. */
START_TEST(a_damaged_token_costs_its_names)
{
	static const uint8_t bytes[] = {0, 1, 'Q', 0x80, 0xff};
	size_t costs = with("init");

	for (size_t i = 0; i < ARRAY_SIZE(bytes); i++) {
		struct image image;

		image_build(&image, ERA_SEQS, COUNT, 0);
		text_of(&image, 0x81)[2] = bytes[i];
		ck_assert_uint_eq(check_names(&image), costs);
		image_free(&image);
		image_build(&image, ERA_SEQS, COUNT, 0);
		text_of(&image, 'T')[0] = bytes[i];
		ck_assert_uint_eq(check_names(&image), 0);
		image_free(&image);
	}
}
END_TEST

/* The end of one that is gone makes two into one: both are lost, of which one is in all names of the other. */
START_TEST(a_lost_end_costs_two_tokens)
{
	struct image image;

	image_build(&image, ERA_SEQS, COUNT, 0);
	text_of(&image, 0x83)[4] = 'x';
	ck_assert_uint_eq(check_names(&image), with("_of_"));
	image_free(&image);
}
END_TEST

START_TEST(a_table_of_zeros_is_refused)
{
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
	struct image image;

	image_build(&image, ERA_SEQS, COUNT, 0);
	memset(table_of(&image), 0, image.places.token_index - image.places.tokens);
	memset(index_of(&image, 0), 0xff, 2 * KALLSYMS_TOKENS);
	assert_err(open_tables(&image, &kallsyms), ERR_CORRUPT);
	image_free(&image);
}
END_TEST

/* Whatever is damaged of both: names are right, or lost. */
START_TEST(much_damage_makes_no_other_name)
{
	srand(1);
	for (size_t round = 0; round < 100; round++) {
		_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
		struct image image;

		image_build(&image, (enum era)(round % ERA_COUNT), COUNT, 0);
		size_t size = image.places.token_index - image.places.tokens + 512;
		for (size_t i = 0; i < 1 + round / 4; i++)
			table_of(&image)[(size_t)rand() % size] ^= (uint8_t)(0x80 | rand());
		if (err_ok(open_tables(&image, &kallsyms)))
			check_names(&image);
		image_free(&image);
	}
}
END_TEST

START_TEST(both_are_found_by_what_they_look_like)
{
	for (enum era era = 0; era < ERA_COUNT; era++) {
		struct image image;
		uint64_t tokens, index;

		image_build(&image, era, COUNT, 100000);
		const struct kallsyms_source source = image_source(&image);
		for (size_t damaged = 0; damaged < 3; damaged++) {
			assert_ok(kallsyms_find_tokens(&source, image.start + 8, 1 << 20, &tokens,
						       &index));
			ck_assert_uint_eq(tokens, image.places.tokens);
			ck_assert_uint_eq(index, image.places.token_index);
			index_of(&image, 3 + damaged)[1] ^= 0x40;
			text_of(&image, 100 + damaged)[0] = 0;
		}
		memset(index_of(&image, 0), 0, 512);
		assert_err(kallsyms_find_tokens(&source, image.start, 1 << 20, &tokens, &index),
			   ERR_NOT_FOUND);
		image_free(&image);
	}
}
END_TEST

UNIT_MAIN("kallsyms_tokens", the_table_tells_the_index, without_an_index_the_table_does,
	  a_damaged_token_costs_its_names, a_lost_end_costs_two_tokens, a_table_of_zeros_is_refused,
	  much_damage_makes_no_other_name, both_are_found_by_what_they_look_like)
