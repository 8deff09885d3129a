/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of pages' flags and types in made tables. */
#include "fake_probe.h"
#include "kernel/probe/probe_flags.h"

#define FLAGS (FAKE_BASE + 0x1000)
#define TYPES (FAKE_BASE + 0x3000)
#define NAMES (FAKE_BASE + 0x4000)
#define NAME_SIZE 32u

static unsigned names;

static uint64_t put_name(const char *name)
{
	uint64_t at = NAMES + NAME_SIZE * names++;

	fake_put(at, name, strlen(name) + 1);
	return at;
}

static void put_flag(unsigned i, uint64_t mask, const char *name)
{
	fake_u64(FLAGS + 16 * i, mask);
	fake_u64(FLAGS + 16 * i + 8, put_name(name));
}

static void start(void)
{
	fake_probe_open();
	names = 0;
	fake_symbol("pageflag_names", FLAGS);
	fake_symbol("page_type_names", TYPES);
	fake_symbol("behind", TYPES + 8 * 3);
	put_flag(0, 1ull << 0, "locked");
	put_flag(1, 1ull << 4, "dirty");
	put_flag(2, 1ull << 7, "slab");
	fake_u64(TYPES, put_name("slab"));
	fake_u64(TYPES + 8, put_name("hugetlb"));
	fake_u64(TYPES + 16, put_name("offline"));
	fake_u64(TYPES + 24, put_name("table")); /* behind the table's end */
}

/* The value of a name; -1 when it is not told. */
static int value_of(const char *type, const char *name)
{
	struct type found = probed->ops->find(probed, TYPE_ENUM, type);
	const char *one;
	uint64_t value;

	for (unsigned i = 0;
	     found.kind == TYPE_ENUM && probed->ops->enumerator(probed, found, i, &one, &value);
	     i++)
		if (!strcmp(one, name))
			return (int)value;
	return -1;
}

START_TEST(names_tell_bits)
{
	start();
	assert_ok(probe_flags(&kernel, probed));
	ck_assert_int_eq(value_of("pageflags", "PG_locked"), 0);
	ck_assert_int_eq(value_of("pageflags", "PG_slab"), 7);
	ck_assert_int_eq(value_of("pageflags", "PG_buddy"), -1);
	ck_assert_int_eq(value_of("pagetype", "PGTY_hugetlb"), 0xf1);
	ck_assert_int_eq(value_of("pagetype", "PGTY_offline"), 0xf2);
	ck_assert_int_eq(value_of("pagetype", "PGTY_table"), -1);
	fake_probe_close();
}
END_TEST

START_TEST(a_mask_of_several_bits_is_no_flag)
{
	start();
	fake_u64(FLAGS, 3);
	fake_u64(FLAGS + 32, 0);
	assert_ok(probe_flags(&kernel, probed));
	ck_assert_int_eq(value_of("pageflags", "PG_locked"), -1);
	ck_assert_int_eq(value_of("pageflags", "PG_slab"), -1);
	fake_probe_close();
}
END_TEST

START_TEST(what_stands_behind_the_end_is_not_read)
{
	start();
	fake_u64(FLAGS + 16 + 8, 0); /* the last one has no name */
	assert_ok(probe_flags(&kernel, probed));
	ck_assert_int_eq(value_of("pageflags", "PG_locked"), 0);
	ck_assert_int_eq(value_of("pageflags", "PG_slab"), -1);
	fake_probe_close();
}
END_TEST

START_TEST(a_table_without_an_end)
{
	start();
	for (unsigned i = 3; i < 80; i++)
		put_flag(i, 1ull << (i % 64), i == 79 ? "writeback" : "dirty");
	assert_ok(probe_flags(&kernel, probed));
	ck_assert_int_eq(value_of("pageflags", "PG_writeback"), -1);
	ck_assert_uint_lt(fake.reads, 1000);
	fake_probe_close();
}
END_TEST

UNIT_MAIN("probe_flags", names_tell_bits, a_mask_of_several_bits_is_no_flag,
	  what_stands_behind_the_end_is_not_read, a_table_without_an_end)
