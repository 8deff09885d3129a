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

static uint8_t *marker_at(struct image *image, enum era era, size_t i)
{
	size_t start = (image->names_end + image->align - 1) / image->align * image->align;

	return image->bytes + start + i * (era < ERA_SMALL ? 8 : 4);
}

/* A damaged marker says that sound names are not: they are kept. */
START_TEST(sound_names_need_no_markers)
{
	struct image image;

	for (enum era era = 0; era < ERA_COUNT; era++) {
		image_build(&image, era, COUNT, 4096);
		memset(marker_at(&image, era, 0), 0xff, RUNS * (era < ERA_SMALL ? 8 : 4));
		check_damaged(&image, era, 0);
	}
}
END_TEST

/* A marker that is damaged costs none of the names, nor the one that a damaged length is behind more than its run. */
START_TEST(a_damaged_marker_costs_nothing)
{
	static const uint32_t absurd[] = {0, 1, UINT32_MAX, 0x10000000};
	static const size_t damaged[] = {0, 1, 4, RUNS - 2, RUNS - 1};

	for (enum era era = 0; era < ERA_COUNT; era++)
		for (size_t i = 0; i < ARRAY_SIZE(absurd) * ARRAY_SIZE(damaged); i++) {
			size_t at = damaged[i % ARRAY_SIZE(damaged)];
			struct image image;

			image_build(&image, era, COUNT, 4096);
			*name_at(&image, 7 * KALLSYMS_RUN + 10) = 0;
			memcpy(marker_at(&image, era, at), &absurd[i / ARRAY_SIZE(damaged)], 4);
			check_damaged(&image, era, KALLSYMS_RUN);
		}
}
END_TEST

/* Where the run's own marker is damaged, too, nothing says where the next one's names begin. */
START_TEST(a_run_and_its_marker_cost_two_runs)
{
	struct image image;

	image_build(&image, ERA_SMALL, COUNT, 4096);
	*name_at(&image, 700) = 0;
	memset(marker_at(&image, ERA_SMALL, 3), 0xff, 4);
	check_damaged(&image, ERA_SMALL, 2 * KALLSYMS_RUN);
}
END_TEST

START_TEST(without_markers_the_damage_is_said)
{
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
	struct image image;

	image_build(&image, ERA_SMALL, COUNT, 4096);
	*name_at(&image, 700) = 0;
	memset(marker_at(&image, ERA_SMALL, 0), 0xff, RUNS * 4);
	assert_err(open_tables(&image, &kallsyms), ERR_CORRUPT);
	image_free(&image);
}
END_TEST

static void damage_count(struct image *image, uint32_t count)
{
	memcpy(image->bytes + (image->places.num_syms - image->start), &count, sizeof(count));
}

/* How many there are tell the values and the names: each of them when the other is damaged, too. */
START_TEST(a_damaged_count_costs_nothing)
{
	static const uint32_t counts[] = {0,	     1,		2,	    COUNT - 1,
					  COUNT + 1, COUNT * 2, UINT32_MAX, COUNT ^ 0x400};

	for (enum era era = 0; era < ERA_COUNT; era++)
		for (size_t i = 0; i < 2 * ARRAY_SIZE(counts); i++) {
			bool near = counts[i / 2] + 1 == COUNT || counts[i / 2] == COUNT + 1;
			struct image image;

			/* Nothing says of place-relative offsets where they end. */
			if (era == ERA_PLACE && (i % 2 || near))
				continue;
			image_build(&image, era, COUNT, 4096);
			damage_count(&image, counts[i / 2]);
			if (i % 2)
				*name_at(&image, 5 * KALLSYMS_RUN + 100) = 0;
			check_damaged(&image, era, i % 2 ? KALLSYMS_RUN : 0);
		}
}
END_TEST

static struct err *fail_count(void *context, uint64_t address, void *buf, size_t length)
{
	const struct image *image = context;

	if (address == image->places.num_syms)
		return err_at(ERR_EXCLUDED, address, "excluded");
	return image_read(context, address, buf, length);
}

START_TEST(a_count_that_cannot_be_read_costs_nothing)
{
	for (enum era era = 0; era < ERA_COUNT; era++) {
		_kallsyms_tables_ struct kallsyms_tables tables = {0};
		struct image image;

		image_build(&image, era, COUNT, 4096);
		const struct kallsyms_source source = {fail_count, image_read, &image};
		assert_ok(kallsyms_read(&source, &image.places, &tables));
		ck_assert_uint_eq(tables.count, COUNT);
		ck_assert(tables.counted && !tables.lost);
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
	  a_damaged_marker_costs_nothing, a_run_and_its_marker_cost_two_runs,
	  without_markers_the_damage_is_said, a_damaged_count_costs_nothing,
	  a_count_that_cannot_be_read_costs_nothing, more_damage_than_can_be_mended)
