/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "value.h"

static const struct {
	uint64_t value;
	const char *kind; /* the first look; NULL: none */
} known[] = {
	{0x0072006900560318, "usb_string"}, /* 18 03 'V' 'i' 'r': the el8 case */
	{0x0000000002000112, "usb_descriptor"},
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
	{0x00007f9540eeb700, "user_pointer"},
	{0x8000000123456067, "page_table_entry"},
	/* what must not be explained away */
	{0, NULL},
	{8, NULL},
	{0xffff888012345678, NULL},
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

UNIT_MAIN("value", values_look_like_what_they_are)
