/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "daemon/spool/refused.h"

START_TEST(what_is_not_met_again_is_forgotten)
{
	struct refused refused = {0};

	refused_begin(&refused, "/spool");
	refused_keep(&refused, "/spool", "vmcore", "a symbolic link");
	refused_keep(&refused, "/spool", "vmcore2", "a FIFO");
	refused_keep(&refused, "/spool/deep", NULL, "cannot be read");
	refused_end(&refused, "/spool");
	ck_assert_uint_eq(refused.count, 3);
	ck_assert_str_eq(refused_why(&refused, "/spool/vmcore"), "a symbolic link");
	ck_assert_str_eq(refused_why(&refused, "/spool/deep"), "cannot be read");
	ck_assert_ptr_null(refused_why(&refused, "/spool/vmcore3"));
	refused_begin(&refused, "/spool");
	refused_keep(&refused, "/spool", "vmcore", "a FIFO now");
	refused_end(&refused, "/spool");
	ck_assert_uint_eq(refused.count, 2);
	ck_assert_str_eq(refused_why(&refused, "/spool/vmcore"), "a FIFO now");
	ck_assert_ptr_null(refused_why(&refused, "/spool/vmcore2"));
	refused_begin(&refused, "/spool/deep");
	refused_end(&refused, "/spool/deep");
	ck_assert_ptr_null(refused_why(&refused, "/spool/deep"));
	refused_deinit(&refused);
}
END_TEST

START_TEST(many_are_counted_and_hostile_names_escaped)
{
	struct refused refused = {0};
	char name[32];

	for (int i = 0; i < REFUSED_KEPT_MAX + 7; i++) {
		snprintf(name, sizeof(name), "core\x1b%d%%s", i);
		refused_keep(&refused, "/spool", name, "a symbolic link");
	}
	ck_assert_uint_eq(refused.count, REFUSED_KEPT_MAX);
	ck_assert_uint_eq(refused.more, 7);
	_json_ json_t *json = refused_json(&refused);
	ck_assert_uint_eq(json_array_size(json), REFUSED_SHOWN);
	ck_assert_str_eq(json_string_at(json_array_get(json, 0), "path"), "/spool/core\\x1b0%s");
	refused_deinit(&refused);
}
END_TEST

UNIT_MAIN("refused", what_is_not_met_again_is_forgotten, many_are_counted_and_hostile_names_escaped)
