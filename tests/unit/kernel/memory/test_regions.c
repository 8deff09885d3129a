/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "kernel/memory/regions.h"

START_TEST(vmemmap_is_known_where_nothing_is_randomised)
{
	static const struct {
		unsigned levels;
		uint64_t page_offset, vmemmap, expected;
	} cases[] = {
		{4, 0xffff880000000000, 0, 0xffffea0000000000}, /* before v4.20 */
		{4, 0xffff888000000000, 0, 0xffffea0000000000},
		{5, 0xff11000000000000, 0, 0xffd4000000000000},
		{4, 0xffff8cc000000000, 0, 0}, /* randomised, and its variable not read */
		{4, 0xffff8cc000000000, 0xffffe5c000000000, 0xffffe5c000000000},
		{4, 0, 0, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct regions regions = {.levels = cases[i].levels,
					  .page_offset = cases[i].page_offset,
					  .vmemmap = cases[i].vmemmap};

		ck_assert_uint_eq(regions_vmemmap(&regions), cases[i].expected);
	}
}
END_TEST

START_TEST(each_region_has_its_class)
{
	struct regions regions = {.levels = 4,
				  .page_offset = 0xffff880000000000,
				  .direct_map_size = 1ull << 38,
				  .image = 0xffffffff81000000,
				  .image_end = 0xffffffff82200000,
				  .image_size = 512u << 20};
	static const struct {
		uint64_t address;
		enum va_class expected;
	} cases[] = {
		{0x0000000000000040, VA_USER},	     {0x0072006900560318, VA_NON_CANONICAL},
		{0xffff87c5eafa5600, VA_HOLE}, /* just below the direct map */
		{0xffff880612184000, VA_DIRECT_MAP}, {0xffff88c000000000, VA_DIRECT_MAP_BEYOND},
		{0xffffc90050001108, VA_VMALLOC},    {0xffffea0018486000, VA_VMEMMAP},
		{0xffffffff81306392, VA_IMAGE},	     {0xffffffffc0a19b95, VA_MODULE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(regions_class(&regions, cases[i].address) == cases[i].expected,
			      "%llx is %s", (unsigned long long)cases[i].address,
			      regions_class_name(regions_class(&regions, cases[i].address)));
}
END_TEST

UNIT_MAIN("regions", vmemmap_is_known_where_nothing_is_randomised, each_region_has_its_class)
