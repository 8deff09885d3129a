/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "json.h"

START_TEST(paths_lead_to_what_is_there)
{
	_json_ json_t *json =
		json_loads("{\"a\":{\"b\":{\"c\":7,\"s\":\"x\"}},\"s\":\"y\"}", 0, NULL);

	ck_assert_int_eq(json_integer_value(json_at(json, "a.b.c")), 7);
	ck_assert_str_eq(json_string_at(json, "a.b.s"), "x");
	ck_assert_str_eq(json_string_at(json, "s"), "y");
}
END_TEST

START_TEST(paths_that_lead_nowhere_are_null)
{
	static const char *const paths[] = {"",	   ".",	   "b",	   "a.c", "a.b.c.d",
					    "s.x", "a..b", "a.b.", ".a"};
	_json_ json_t *json = json_loads("{\"a\":{\"b\":{\"c\":7}},\"s\":\"y\"}", 0, NULL);
	char endless[512];

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		ck_assert_msg(!json_at(json, paths[i]), "%s", paths[i]);
	memset(endless, 'a', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	ck_assert_ptr_null(json_at(json, endless));
	ck_assert_ptr_null(json_at(NULL, "a"));
	ck_assert_ptr_null(json_string_at(json, "a.b.c"));
}
END_TEST

UNIT_MAIN("json", paths_lead_to_what_is_there, paths_that_lead_nowhere_are_null)
