/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kallsyms_image.h"
#include "kernel/symbols/kallsyms_scan.h"

#define COUNT 3000

static void read_image(struct image *image, struct kallsyms_tables *tables)
{
	const struct kallsyms_source source = image_source(image);

	assert_ok(kallsyms_read(&source, &image->places, tables));
}

START_TEST(every_era_decodes)
{
	struct image image;
	struct kallsyms_tables tables;
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;

	image_build(&image, (enum era)_i, COUNT, 100);
	read_image(&image, &tables);
	ck_assert_uint_eq(tables.names_size, image.start + image.names_end - image.places.names);
	assert_ok(kallsyms_open(&tables, &kallsyms));
	ck_assert_uint_eq(kallsyms_count(kallsyms), COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		char expected[512], name[512];
		char type = image_symbol(i, COUNT, expected, sizeof(expected));
		size_t found;

		ck_assert_int_eq(kallsyms_name(kallsyms, i, name, sizeof(name)), type);
		ck_assert_str_eq(name, expected);
		ck_assert_uint_eq(kallsyms_address(kallsyms, i), image_address((enum era)_i, i));
		ck_assert(kallsyms_find(kallsyms, name, &found));
		ck_assert_uint_eq(found, i);
	}
	image_free(&image);
}
END_TEST

static struct kallsyms *open_image(enum era era)
{
	struct image image;
	struct kallsyms_tables tables;
	struct kallsyms *kallsyms = NULL;

	image_build(&image, era, COUNT, 0);
	read_image(&image, &tables);
	assert_ok(kallsyms_open(&tables, &kallsyms));
	image_free(&image);
	return kallsyms;
}

START_TEST(addresses_find_their_symbol)
{
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = open_image(ERA_SMALL);
	size_t i;

	/* Of two aliases, the first. */
	ck_assert(kallsyms_at(kallsyms, IMAGE_TEXT + 0x3f, &i));
	ck_assert_uint_eq(i, IMAGE_PERCPU);
	ck_assert(kallsyms_at(kallsyms, IMAGE_TEXT + 0x5f, &i));
	ck_assert_uint_eq(i, IMAGE_PERCPU + 2);
	ck_assert(kallsyms_at(kallsyms, UINT64_MAX, &i));
	ck_assert_uint_eq(i, COUNT - 1);
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *newer = open_image(ERA_PLACE);
	ck_assert(!kallsyms_at(newer, IMAGE_TEXT - 0x10001, &i));
}
END_TEST

START_TEST(names_are_exact_or_suffixed)
{
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = open_image(ERA_PERCPU);
	char name[512];
	size_t i;

	ck_assert(!kallsyms_find(kallsyms, "", &i));
	ck_assert(!kallsyms_find(kallsyms, "_tex", &i));
	ck_assert(!kallsyms_find(kallsyms, "_textt", &i));
	ck_assert(!kallsyms_find(kallsyms, "shrink_slab", &i));
	ck_assert(kallsyms_find_suffixed(kallsyms, "shrink_slab", &i));
	ck_assert_uint_eq(i, IMAGE_PERCPU + 3);
	ck_assert(!kallsyms_find_suffixed(kallsyms, "shrink_sla", &i));
	ck_assert(!kallsyms_find_suffixed(kallsyms, "_text", &i));
	/* Cut to fit, never past it. */
	memset(name, 'x', sizeof(name));
	kallsyms_name(kallsyms, IMAGE_PERCPU + 2, name, 8);
	ck_assert_str_eq(name, "long_00");
	ck_assert_int_eq(name[8], 'x');
}
END_TEST

START_TEST(truncated_tokens_are_refused)
{
	struct image image;
	struct kallsyms_tables tables;
	struct kallsyms *kallsyms;

	image_build(&image, ERA_SMALL, COUNT, 0);
	read_image(&image, &tables);
	tables.token_index[200] = (uint16_t)tables.tokens_size;
	assert_err(kallsyms_open(&tables, &kallsyms), ERR_CORRUPT);
	ck_assert_ptr_null(tables.names);

	read_image(&image, &tables);
	tables.tokens_size = tables.token_index['z'] + 1;
	assert_err(kallsyms_open(&tables, &kallsyms), ERR_CORRUPT);

	/* A last token without an end. */
	read_image(&image, &tables);
	memset(tables.tokens + tables.token_index['z'], 'z',
	       tables.tokens_size - tables.token_index['z']);
	assert_err(kallsyms_open(&tables, &kallsyms), ERR_CORRUPT);

	read_image(&image, &tables);
	tables.tokens[tables.token_index['z']] = '\033';
	assert_err(kallsyms_open(&tables, &kallsyms), ERR_CORRUPT);
	image_free(&image);
}
END_TEST

START_TEST(names_past_their_end_are_refused)
{
	struct image image;
	struct kallsyms_tables tables;
	struct kallsyms *kallsyms;

	image_build(&image, ERA_SMALL, COUNT, 0);
	read_image(&image, &tables);
	tables.names_size--;
	assert_err(kallsyms_open(&tables, &kallsyms), ERR_CORRUPT);
	read_image(&image, &tables);
	tables.names[0] = 0xff;
	tables.names[1] = 0xff;
	assert_err(kallsyms_open(&tables, &kallsyms), ERR_CORRUPT);
	read_image(&image, &tables);
	tables.names[0] = 0;
	assert_err(kallsyms_open(&tables, &kallsyms), ERR_CORRUPT);
	/* A first token that has no letter for the type. */
	read_image(&image, &tables);
	tables.names[1] = 0xf0;
	assert_err(kallsyms_open(&tables, &kallsyms), ERR_CORRUPT);
	image_free(&image);
}
END_TEST

START_TEST(too_few_addresses_are_refused)
{
	struct image image;

	for (enum era era = 0; era < ERA_COUNT; era++) {
		struct kallsyms_tables tables;
		struct kallsyms *kallsyms;

		image_build(&image, era, COUNT, 0);
		read_image(&image, &tables);
		tables.values_size -= 1;
		assert_err(kallsyms_open(&tables, &kallsyms), ERR_CORRUPT);
		image_free(&image);
	}
}
END_TEST

/* Overwrite the count and read again. */
static struct err *read_with_count(struct image *image, uint32_t count)
{
	const struct kallsyms_source source = image_source(image);
	_kallsyms_tables_ struct kallsyms_tables tables = {0};

	memcpy(image->bytes + (image->places.num_syms - image->start), &count, sizeof(count));
	return kallsyms_read(&source, &image->places, &tables);
}

/* Where nothing else tells how many there are. */
START_TEST(absurd_counts_end_soon)
{
	struct image image;

	image_build(&image, ERA_SMALL, COUNT, 0);
	image.places.values_end = 0;
	memset(image.bytes + image.names_end + 8, 0xff,
	       (COUNT + KALLSYMS_RUN - 1) / KALLSYMS_RUN * 4);
	assert_err(read_with_count(&image, 0), ERR_CORRUPT);
	assert_err(read_with_count(&image, UINT32_MAX), ERR_CORRUPT);
	/* Names go on into zeroes: no name is empty. */
	assert_err(read_with_count(&image, KALLSYMS_MAX), ERR_CORRUPT);
	/* Or into garbage up to the end of what is mapped. */
	size_t size = image.places.token_index - image.places.tokens;
	memmove(image.bytes, image.bytes + (image.places.tokens - image.start), size + 512);
	image.places.tokens = image.start;
	image.places.token_index = image.start + size;
	memset(image.bytes + image.names_end, 0x05, image.length - image.names_end);
	assert_err(read_with_count(&image, KALLSYMS_MAX), ERR_UNMAPPED);
	image_free(&image);
}
END_TEST

START_TEST(token_places_must_make_sense)
{
	struct image image;
	_kallsyms_tables_ struct kallsyms_tables tables = {0};

	image_build(&image, ERA_SMALL, COUNT, 0);
	const struct kallsyms_source source = image_source(&image);
	struct kallsyms_places places = image.places;
	places.token_index = places.tokens;
	assert_err(kallsyms_read(&source, &places, &tables), ERR_CORRUPT);
	places.token_index = places.tokens + (1u << 20);
	assert_err(kallsyms_read(&source, &places, &tables), ERR_CORRUPT);
	places.tokens = 0x1000;
	places.token_index = 0x1800;
	assert_err(kallsyms_read(&source, &places, &tables), ERR_UNMAPPED);
	image_free(&image);
}
END_TEST

/* Where no VMCOREINFO tells the places: found among other data. */
START_TEST(scan_finds_each_era)
{
	struct image image;
	_kallsyms_tables_ struct kallsyms_tables tables = {0};
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
	size_t i;

	for (size_t count = 90000; count < 90004; count++) {
		image_build(&image, (enum era)_i, count, 5 << 20);
		const struct kallsyms_source source = image_source(&image);
		assert_ok(kallsyms_scan(&source, IMAGE_TEXT + 0x40, 64 << 20, &tables));
		ck_assert_uint_eq(tables.count, count);
		ck_assert_uint_eq(tables.kind, image.places.kind);
		assert_ok(kallsyms_open(&tables, &kallsyms));
		ck_assert_uint_eq(kallsyms_address(kallsyms, 5000),
				  image_address((enum era)_i, 5000));
		ck_assert(kallsyms_find(kallsyms, "_end", &i));
		ck_assert_uint_eq(i, count - 1);
		kallsyms_close(take_ptr(kallsyms));
		image_free(&image);
	}
}
END_TEST

START_TEST(scan_is_not_taken_in)
{
	struct image image;
	struct kallsyms_tables tables;

	/* Ordered numbers with nothing behind them, as .orc_lookup is. */
	image_build(&image, ERA_SMALL, 90000, 1 << 20);
	for (uint32_t i = 0; i < 1 << 18; i++)
		memcpy(image.bytes + i * 4, &i, sizeof(i));
	const struct kallsyms_source source = image_source(&image);
	assert_ok(kallsyms_scan(&source, IMAGE_TEXT, 64 << 20, &tables));
	kallsyms_tables_deinit(&tables);

	/* Of a count that is a little off either that or the names may be wrong, and all addresses with it. */
	image.bytes[image.places.num_syms - image.start] ^= 1;
	assert_err(kallsyms_scan(&source, IMAGE_TEXT, 64 << 20, &tables), ERR_NOT_FOUND);
	image.bytes[image.places.num_syms - image.start] ^= 1;
	/* Names that are none. */
	memset(image.bytes + (image.places.names - image.start), 0, 64);
	assert_err(kallsyms_scan(&source, IMAGE_TEXT, 64 << 20, &tables), ERR_NOT_FOUND);
	assert_err(kallsyms_scan(&source, 0x1000, 64 << 20, &tables), ERR_NOT_FOUND);
	image_free(&image);
}
END_TEST

/* Up to v6.3, where the names are behind the addresses: a damaged count, names, tokens, markers, and two of them. */
START_TEST(scan_finds_what_is_damaged)
{
	enum era era = (enum era)(_i / 5);
	_kallsyms_tables_ struct kallsyms_tables tables = {0};
	size_t damage = (size_t)_i % 5, count = 90001;
	struct image image;

	image_build(&image, era, count, 1 << 20);
	const struct kallsyms_source source = image_source(&image);
	if (damage == 0)
		image.bytes[image.places.num_syms - image.start + 1] ^= 0x40;
	if (damage == 1 || damage == 4)
		memset(image.bytes + (image.places.names - image.start) + 200000, 0, 4096);
	if (damage == 2 || damage == 4)
		memset(image.bytes + (image.places.token_index - image.start) + 200, 0xff, 5);
	if (damage == 3)
		memset(image.bytes + (image.names_end + 7) / 8 * 8, 0xff, 100);
	assert_ok(kallsyms_scan(&source, IMAGE_TEXT + 0x40, 64 << 20, &tables));
	ck_assert_uint_eq(tables.count, count);
	ck_assert_uint_eq(tables.kind, image.places.kind);
	ck_assert_uint_eq(tables.counted, damage == 0);
	ck_assert_uint_le(tables.lost, 6 * KALLSYMS_RUN);
	ck_assert_uint_eq(tables.lost > 0, damage == 1 || damage == 4);
	ck_assert_uint_eq(tables.lost_tokens, 0);
	image_free(&image);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("kallsyms");

	tcase_set_timeout(cases, 120); /* seconds: stops a hang, is no measure */
	tcase_add_loop_test(cases, every_era_decodes, 0, ERA_COUNT);
	tcase_add_test(cases, addresses_find_their_symbol);
	tcase_add_test(cases, names_are_exact_or_suffixed);
	tcase_add_test(cases, truncated_tokens_are_refused);
	tcase_add_test(cases, names_past_their_end_are_refused);
	tcase_add_test(cases, too_few_addresses_are_refused);
	tcase_add_test(cases, absurd_counts_end_soon);
	tcase_add_test(cases, token_places_must_make_sense);
	tcase_add_loop_test(cases, scan_finds_each_era, 0, ERA_COUNT);
	tcase_add_loop_test(cases, scan_finds_what_is_damaged, 0, 5 * ERA_REORDERED);
	tcase_add_test(cases, scan_is_not_taken_in);
	return unit_run("kallsyms", cases);
}
