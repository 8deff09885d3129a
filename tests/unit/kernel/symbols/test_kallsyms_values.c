/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/symbols/kallsyms_values.h"

#include "kallsyms_image.h"

#define COUNT 6000
#define PAGE 4096u
#define REPEATED (1024 + IMAGE_PERCPU)

static size_t width_of(enum era era)
{
	return era == ERA_ADDRESSES ? 8 : 4;
}

static uint8_t *value_at(struct image *image, enum era era, size_t i)
{
	return image->bytes + (image->places.values - image->start) + i * width_of(era);
}

static struct err *open_from(const struct kallsyms_source *source, const struct image *image,
			     struct kallsyms **ret)
{
	_kallsyms_tables_ struct kallsyms_tables tables = {0};

	TRY(kallsyms_read(source, &image->places, &tables));
	return kallsyms_open(&tables, ret);
}

static struct err *open_image(struct image *image, struct kallsyms **ret)
{
	const struct kallsyms_source source = image_source(image);

	return open_from(&source, image, ret);
}

/* An entry whose address was lost has no name to be shown, is not found, and lets nobody have what may be its own. */
static void check_lost(struct kallsyms *kallsyms, size_t i)
{
	char wanted[512], name[512];
	uint64_t address = kallsyms_address(kallsyms, i);
	size_t found;

	image_symbol(i, COUNT, wanted, sizeof(wanted));
	kallsyms_name(kallsyms, i, name, sizeof(name));
	ck_assert_str_eq(name, "");
	ck_assert(!kallsyms_find(kallsyms, wanted, &found));
	if (i + 1 < COUNT && kallsyms_address(kallsyms, i + 1) > address) {
		ck_assert(kallsyms_at(kallsyms, address + 1, &found));
		ck_assert_uint_eq(found, i);
	}
	if (address && i && kallsyms_has_address(kallsyms, i - 1)) {
		ck_assert(kallsyms_at(kallsyms, address, &found));
		ck_assert(kallsyms_has_address(kallsyms, found));
	}
}

/* Addresses are those that were written, or lost. Returns how many are. */
static size_t check_values(struct kallsyms *kallsyms, enum era era)
{
	enum err_code why;
	size_t lost = 0;

	for (size_t i = 0; i < COUNT; i++) {
		if (kallsyms_has_address(kallsyms, i)) {
			ck_assert_uint_eq(kallsyms_address(kallsyms, i), image_address(era, i));
		} else {
			check_lost(kallsyms, i);
			lost++;
		}
	}
	ck_assert_uint_eq(kallsyms_lost_addresses(kallsyms, &why), lost);
	return lost;
}

/* One value that is wrong costs itself, and a neighbour where either may be the wrong one. */
START_TEST(a_damaged_value_costs_itself)
{
	static const uint8_t bytes[] = {0, 0x11, 0x7f, 0x80, 0xff};
	static const size_t places[] = {0, IMAGE_PERCPU + 3, 1000, COUNT - 2};
	enum era era = (enum era)_i;

	for (size_t b = 0; b < ARRAY_SIZE(bytes); b++)
		for (size_t p = 0; p < ARRAY_SIZE(places); p++) {
			_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
			struct image image;

			image_build(&image, era, COUNT, 0);
			memset(value_at(&image, era, places[p]), bytes[b], width_of(era));
			assert_ok(open_image(&image, &kallsyms));
			/* The lowest of all may be the first: nothing is before it. */
			if (!kallsyms_has_address(kallsyms, places[p]))
				ck_assert_uint_le(check_values(kallsyms, era), 2);
			else
				ck_assert_uint_eq(places[p], 0);
			image_free(&image);
		}
}
END_TEST

/* A page that was never written, wherever in the table. */
START_TEST(a_page_of_zeros_costs_what_is_in_it)
{
	enum era era = (enum era)_i;

	for (size_t start = 0; start + REPEATED <= COUNT; start += 1000) {
		_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
		struct image image;

		image_build(&image, era, COUNT, 0);
		memset(value_at(&image, era, start), 0, REPEATED * width_of(era));
		assert_ok(open_image(&image, &kallsyms));
		size_t lost = check_values(kallsyms, era);
		ck_assert_uint_ge(lost, REPEATED - 1);
		ck_assert_uint_le(lost, REPEATED + 1);
		image_free(&image);
	}
}
END_TEST

static uint64_t hole; /* the address of a page that cannot be read */

static struct err *read_around_hole(void *context, uint64_t address, void *buf, size_t length)
{
	if (address < hole + PAGE && hole < address + length)
		return err_at(ERR_EXCLUDED, hole, "excluded");
	return image_read(context, address, buf, length);
}

START_TEST(a_page_that_cannot_be_read_costs_what_is_in_it)
{
	_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
	enum era era = (enum era)_i;
	struct image image;
	enum err_code why;

	image_build(&image, era, COUNT, 0);
	const struct kallsyms_source source = {read_around_hole, read_around_hole, &image};
	hole = (image.places.values + 2 * PAGE) / PAGE * PAGE;
	assert_ok(open_from(&source, &image, &kallsyms));
	ck_assert_uint_eq(check_values(kallsyms, era), PAGE / width_of(era));
	ck_assert_uint_eq(kallsyms_lost_addresses(kallsyms, &why), PAGE / width_of(era));
	ck_assert_int_eq(why, ERR_EXCLUDED);
	image_free(&image);
}
END_TEST

/* However much is damaged: what is told is in order, and what was not damaged is right, or the table is refused. */
START_TEST(much_damage_is_told_or_refused)
{
	enum era era = (enum era)_i;
	bool refused = false;

	srand(1);
	for (size_t damaged = 1; damaged < COUNT; damaged *= 2) {
		_cleanup_(cleanup_kallsyms_close) struct kallsyms *kallsyms = NULL;
		struct image image;
		struct err *err;

		image_build(&image, era, COUNT, 0);
		for (size_t i = 0; i < damaged; i++)
			for (size_t k = 0; k < width_of(era); k++)
				value_at(&image, era, (size_t)rand() % COUNT)[k] = (uint8_t)rand();
		err = open_image(&image, &kallsyms);
		refused = !err_ok(err);
		for (size_t i = 1; !refused && i < COUNT; i++)
			ck_assert_uint_ge(kallsyms_address(kallsyms, i),
					  kallsyms_address(kallsyms, i - 1));
		image_free(&image);
	}
	ck_assert(refused);
}
END_TEST

static void tables_of(struct kallsyms_tables *tables, uint32_t *values, size_t count)
{
	*tables = (struct kallsyms_tables){
		.kind = KALLSYMS_BASE_RELATIVE, .count = count, .values = values};
}

/* Of two that are in the wrong order either may be wrong; one that is far off is. */
START_TEST(neither_of_two_is_believed)
{
	uint32_t swapped[] = {10, 30, 20, 40, 50}, far[] = {10, 999, 20, 40, 50};
	struct kallsyms_tables tables;

	tables_of(&tables, swapped, 5);
	assert_ok(kallsyms_order_values(&tables));
	ck_assert_uint_eq(tables.no_value, 2);
	ck_assert(kallsyms_value_lost(&tables, 1) && kallsyms_value_lost(&tables, 2));
	ck_assert_uint_eq(kallsyms_value(&tables, 2), 10);
	free(tables.sound);

	tables_of(&tables, far, 5);
	assert_ok(kallsyms_order_values(&tables));
	ck_assert_uint_eq(tables.no_value, 1);
	ck_assert(kallsyms_value_lost(&tables, 1));
	ck_assert_uint_eq(kallsyms_value(&tables, 1), 10);
	assert_ok(kallsyms_drop_value(&tables, 0));
	assert_ok(kallsyms_drop_value(&tables, 0));
	ck_assert_uint_eq(tables.no_value, 2);
	ck_assert_uint_eq(kallsyms_value(&tables, 1), 0);
	ck_assert_uint_eq(kallsyms_value(&tables, 2), 20);
	free(tables.sound);
}
END_TEST

/* As all of a v5.10's __kstrtabns_… have, which are one empty string. */
START_TEST(thousands_may_have_one_address)
{
	uint32_t values[4096];
	struct kallsyms_tables tables;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		values[i] = i < 1000 ? (uint32_t)i : i < 3500 ? 5000 : 6000 + (uint32_t)i;
	tables_of(&tables, values, ARRAY_SIZE(values));
	assert_ok(kallsyms_order_values(&tables));
	ck_assert_uint_eq(tables.no_value, 0);
	ck_assert(!kallsyms_value_lost(&tables, 2000));
	/* And where others are damaged. */
	values[500] = 0x7fffffff;
	assert_ok(kallsyms_order_values(&tables));
	ck_assert_uint_eq(tables.no_value, 1);
	ck_assert(!kallsyms_value_lost(&tables, 2000));
	free(tables.sound);
}
END_TEST

START_TEST(nothing_in_order_is_refused)
{
	uint32_t values[] = {50, 40, 30, 20, 10}, same[2048] = {0};
	struct kallsyms_tables tables;

	tables_of(&tables, values, 5);
	tables.kind = KALLSYMS_PLACE_RELATIVE;
	assert_err(kallsyms_order_values(&tables), ERR_CORRUPT);
	free(tables.sound);
	tables_of(&tables, same, 2048);
	assert_err(kallsyms_order_values(&tables), ERR_CORRUPT);
	free(tables.sound);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("kallsyms_values");

	tcase_set_timeout(cases, 60);
	tcase_add_loop_test(cases, a_damaged_value_costs_itself, 0, ERA_COUNT);
	tcase_add_loop_test(cases, a_page_of_zeros_costs_what_is_in_it, 0, ERA_COUNT);
	tcase_add_loop_test(cases, a_page_that_cannot_be_read_costs_what_is_in_it, 0, ERA_COUNT);
	tcase_add_loop_test(cases, much_damage_is_told_or_refused, 0, ERA_COUNT);
	tcase_add_test(cases, neither_of_two_is_believed);
	tcase_add_test(cases, thousands_may_have_one_address);
	tcase_add_test(cases, nothing_in_order_is_refused);
	return unit_run("kallsyms_values", cases);
}
