/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "memory/value.h"

static const struct {
	uint64_t value;
	const char *kind; /* the first look; NULL: none */
} known[] = {
	{0x0072006900560318, "usb_string"}, /* 18 03 'V' 'i' 'r': the el8 case */
	{0x4000000002000112, "usb_descriptor"},
	{0x6b6b6b6b6b6b6b6b, "slab_poison"},
	{0x5a5a5a5a5a5a5a5a, "slab_poison"},
	{0x4242424242424242, "fill"},
	{0xdead000000000100, "list_poison"},
	{0xdead000000000122, "list_poison"},
	{0xfffffffffffffff4, "error_pointer"}, /* -ENOMEM */
	{0x0064006c0072006f, "utf16"},
	{0x6f77206f6c6c6568, "ascii"},
	{0x00000000464c457f, "file_magic"},
	{0x12345000ffff8881, "swapped_pointer"},
	{0x00ff888012345678, "truncated_pointer"},
	{0xff88801234567800, "shifted_pointer"}, /* 0xffff888012345678, written a byte too high */
	{0x8880123456780000, "shifted_pointer"},
	{0x00ffff8880123456, "shifted_pointer"}, /* and too low */
	{0x0000ffff88801234, "shifted_pointer"},
	{0x00007f9540eeb700, "user_pointer"},
	{0x8000000123456067, "page_table_entry"},
	{0x0000002400000012, "scsi"}, /* 12 00 00 00 24: INQUIRY */
	{0x0200001f02050000, "scsi"}, /* its answer */
	{0x0a00000000020070, "scsi"}, /* sense data: not ready */
	{0x0000080080002a08, NULL},   /* no command: the opcode stands elsewhere */
	{0x080000800000002a, "scsi"}, /* WRITE(10) */
	{0x0010040715218086, "pci"},
	{0x001001071041beef, NULL},	 /* an unknown vendor */
	{0x0100040600080100, "network"}, /* ARP */
	{0x4006280000000060, "network"}, /* IPv6 */
	/* what must not be explained away */
	{0, NULL},
	{8, NULL},
	{0xffff888012345678, NULL},
	{0xffff888012345600, NULL}, /* shifted bytes must not make another of a good pointer */
	{0xffffffff81000000, NULL},
	{0xffffea0004000000, NULL},
	{0xffff87c5eafa5600, NULL}, /* the el7 case: looks like a pointer, and is none */
	{0x9f8e7d6c5b4a3922, NULL},
};

START_TEST(values_look_like_what_they_are)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct value_look looks[VALUE_LOOKS_MAX];
		size_t count = value_looks(known[i].value, looks);

		if (!known[i].kind)
			ck_assert_msg(!count, "0x%llx: %s", (unsigned long long)known[i].value,
				      looks[0].kind);
		else
			ck_assert_msg(count && !strcmp(looks[0].kind, known[i].kind), "0x%llx: %s",
				      (unsigned long long)known[i].value,
				      count ? looks[0].kind : "nothing");
		for (size_t j = 0; j < count; j++)
			ck_assert(looks[j].confidence > 0 && looks[j].confidence < 1);
	}
}
END_TEST

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed * 0x2545f4914f6cdd1d;
}

/* How many of 100,000 values look like something, at least this surely. */
static unsigned matches(uint64_t or, uint64_t and, double sure)
{
	uint64_t seed = 0x9e3779b97f4a7c15;
	unsigned count = 0;

	for (unsigned i = 0; i < 100000; i++) {
		struct value_look looks[VALUE_LOOKS_MAX];
		size_t found = value_looks((next_random(&seed) & and) | or, looks);
		bool any = false;

		for (size_t j = 0; j < found; j++)
			any |= looks[j].confidence >= sure;
		count += any;
	}
	return count;
}

/* Chance must not explain much; least of all with confidence. Pointers of each region: nothing. */
START_TEST(chance_matches_rarely)
{
	ck_assert_uint_le(matches(0, UINT64_MAX, 0), 2000); /* nearly all of them timestamps */
	ck_assert_uint_le(matches(0, UINT64_MAX, 0.2), 100);
	ck_assert_uint_le(matches(0, UINT64_MAX, 0.95), 5);
	ck_assert_uint_eq(matches(0xffff888000000000, 0x0000000ffffffff8, 0), 0); /* direct map */
	ck_assert_uint_eq(matches(0xffffc90000000000, 0x000000fffffffff8, 0), 0); /* vmalloc */
	ck_assert_uint_eq(matches(0xffffea0000000000, 0x0000000fffffffc0, 0), 0); /* vmemmap */
	ck_assert_uint_eq(matches(0xffffffff80000000, 0x000000003fffffff, 0), 0); /* image */
	ck_assert_uint_eq(matches(0, 0xffff, 0.5), 0); /* small numbers */
	ck_assert_uint_le(matches(0, 0xffffffff, 0.5), 5);
}
END_TEST

START_TEST(words_of_one_stretch_are_alike)
{
	uint64_t text, more, end = 0;

	memcpy(&text, "GET /ind", 8);
	memcpy(&more, "ex.html ", 8);
	memcpy(&end, "HTTP", 4);
	ck_assert(value_alike(0x1234567890abcdef, 0x1234567890abcdef));
	ck_assert(value_alike(text, more));
	ck_assert(value_alike(text, end));
	ck_assert(value_alike(0x0072006900560020, 0x0064006c0072006f));
	ck_assert(!value_alike(text, 0x0064006c0072006f));
	ck_assert(!value_alike(text, 0));
	ck_assert(!value_alike(text, 0x41)); /* a number, not the end of a text */
	ck_assert(!value_alike(text, 0xffff888012345678));
}
END_TEST

UNIT_MAIN("value", values_look_like_what_they_are, chance_matches_rarely,
	  words_of_one_stretch_are_alike)
