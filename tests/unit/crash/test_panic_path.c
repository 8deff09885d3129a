/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "crash/panic_path.h"

START_TEST(each_function_stands_once)
{
	static const char *const functions[] = {
#define PANIC_FUNCTION(function, roles) function,
#include "crash/panic_path.def"
#undef PANIC_FUNCTION
	};

	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(functions[i], functions[j]);
}

START_TEST(roles_are_told_apart)
{
	unsigned own = PANIC_PATH_ENDED | PANIC_PATH_DYING | PANIC_PATH_PANIC | PANIC_PATH_COMMON;

	ck_assert_uint_eq(panic_path_roles("panic"), own);
	ck_assert_uint_eq(panic_path_roles("__crash_kexec"), own | PANIC_PATH_SAVES);
	ck_assert_uint_eq(panic_path_roles("crash_nmi_callback"), PANIC_PATH_STOPPED);
	ck_assert_uint_eq(panic_path_roles("mdelay"), PANIC_PATH_PANIC);
	ck_assert_uint_eq(panic_path_roles("exc_page_fault"), PANIC_PATH_COMMON);
	ck_assert_uint_eq(panic_path_roles("panic_on_oops"), 0);
	ck_assert_uint_eq(panic_path_roles(""), 0);
}

UNIT_MAIN("panic_path", each_function_stands_once, roles_are_told_apart)
