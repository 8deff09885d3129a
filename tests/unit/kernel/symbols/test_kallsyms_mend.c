/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kallsyms_image.h"

#include "kernel/symbols/kallsyms.h"
#include "kernel/symbols/kallsyms_read.h"

#define COUNT 3000
#define RUNS ((COUNT + KALLSYMS_RUN - 1) / KALLSYMS_RUN)

static size_t names_offset(const struct image *image)
{
	return (size_t)(image->places.names - image->start);
}

/* Where the length of name i stands. */
static uint8_t *name_at(struct image *image, size_t i)
{
	uint8_t *at = image->bytes + names_offset(image);
	size_t header;

	while (i--)
		at += kallsyms_name_length(at, 1024, &header) + header;
	return at;
}

static struct err *open_tables(struct image *image, struct kallsyms **ret)
{
	struct kallsyms_source source = image_source(image);
	_kallsyms_tables_ struct kallsyms_tables tables = {0};

	TRY(kallsyms_read(&source, &image->places, &tables));
	return kallsyms_open(&tables, ret);
}

/* Names have their own addresses, or none. Returns how many are empty. */
static size_t check_names(const struct kallsyms *kallsyms, enum era era)
{
	size_t empty = 0;

	ck_assert_uint_eq(kallsyms_count(kallsyms), COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		char wanted[512], name[512];

		image_symbol(i, COUNT, wanted, sizeof(wanted));
		kallsyms_name(kallsyms, i, name, sizeof(name));
		empty += !name[0];
		if (name[0])
			ck_assert_str_eq(name, wanted);
		ck_assert_uint_eq(kallsyms_address(kallsyms, i), image_address(era, i));
	}
	return empty;
}

static void check_damaged(struct image *image, enum era era, size_t lost)
{
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
	enum err_code why;
	size_t found;

	assert_ok(open_tables(image, &kallsyms));
	ck_assert_uint_eq(kallsyms_lost(kallsyms, &why), lost);
	ck_assert(!lost || why == ERR_CORRUPT);
	ck_assert_uint_eq(check_names(kallsyms, era), lost);
	ck_assert(kallsyms_find(kallsyms, "_text", &found));
	ck_assert_uint_eq(found, IMAGE_PERCPU);
	image_free(image);
}

/* One length that is wrong costs the names of its run, in each era. */
START_TEST(a_damaged_length_costs_its_run)
{
	static const uint8_t lengths[] = {0, 1, 0x7f, 0x80, 0xff};

	for (enum era era = 0; era < ERA_COUNT; era++)
		for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
			struct image image;

			image_build(&image, era, COUNT, 4096);
			*name_at(&image, 5 * KALLSYMS_RUN + 100) = lengths[i];
			check_damaged(&image, era, KALLSYMS_RUN);
		}
}
END_TEST

START_TEST(the_last_run_is_shorter)
{
	for (enum era era = 0; era < ERA_COUNT; era++) {
		struct image image;

		image_build(&image, era, COUNT, 4096);
		*name_at(&image, COUNT - 2) = 0;
		check_damaged(&image, era, COUNT % KALLSYMS_RUN);
	}
}
END_TEST

/* A page that cannot be read, as zeros. */
START_TEST(a_lost_page_costs_the_runs_in_it)
{
	struct image image;

	image_build(&image, ERA_SEQS, COUNT, 4096);
	uint8_t *start = name_at(&image, 3 * KALLSYMS_RUN + 7),
		*end = name_at(&image, 4 * KALLSYMS_RUN + 7);
	memset(start, 0, (size_t)(end - start));
	check_damaged(&image, ERA_SEQS, 2 * KALLSYMS_RUN);
}
END_TEST

/* A damaged marker says that sound names are not: they are kept. */
START_TEST(sound_names_need_no_markers)
{
	struct image image;
	size_t markers;

	image_build(&image, ERA_SMALL, COUNT, 4096);
	markers = (image.names_end + 7) / 8 * 8;
	memset(image.bytes + markers, 0xff, RUNS * 4);
	check_damaged(&image, ERA_SMALL, 0);
}
END_TEST

START_TEST(without_markers_the_damage_is_said)
{
	static const uint32_t absurd[] = {0, 1, UINT32_MAX, 0x10000000};

	for (size_t i = 0; i < ARRAY_SIZE(absurd); i++) {
		_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
		struct image image;

		image_build(&image, ERA_SMALL, COUNT, 4096);
		*name_at(&image, 700) = 0;
		memcpy(image.bytes + (image.names_end + 7) / 8 * 8 + 4, &absurd[i], 4);
		assert_err(open_tables(&image, &kallsyms), ERR_CORRUPT);
		image_free(&image);
	}
}
END_TEST

/* Whatever of the names is damaged: what is found is right, or the table is refused. */
START_TEST(more_damage_than_can_be_mended)
{
	srand(1);
	for (size_t round = 0; round < 40; round++) {
		_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
		struct image image;
		struct err *err;

		image_build(&image, ERA_SEQS, COUNT, 4096);
		for (size_t i = 0; i < round; i++)
			*name_at(&image, (size_t)rand() % 20 * KALLSYMS_RUN / 2) = 0;
		err = open_tables(&image, &kallsyms);
		if (err_ok(err))
			ck_assert_uint_le(check_names(kallsyms, ERA_SEQS), COUNT / 2);
		image_free(&image);
	}
}
END_TEST

UNIT_MAIN("kallsyms_mend", a_damaged_length_costs_its_run, the_last_run_is_shorter,
	  a_lost_page_costs_the_runs_in_it, sound_names_need_no_markers,
	  without_markers_the_damage_is_said, more_damage_than_can_be_mended)
