/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/symbols/symbol.h"
#include "unit.h"

START_TEST(suffixes_are_cut_off)
{
	static const char *const names[][2] = {{"lab_read.isra.0", "lab_read"},
					       {"lab_read.part.3.cold", "lab_read"},
					       {"lab_read", "lab_read"},
					       {".cold", ".cold"},
					       {"", ""},
					       {"lab.read.llvm.7", "lab.read"}};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char name[32];

		snprintf(name, sizeof(name), "%s", names[i][0]);
		symbol_name_strip_suffix(name);
		ck_assert_str_eq(name, names[i][1]);
	}
}
END_TEST

START_TEST(the_module_stands_behind)
{
	struct symbol symbol = {.name = "lab_read", .module = "lab"};
	char text[192], little[8];

	symbol_name_with_module(symbol.name, symbol.module, text, sizeof(text));
	ck_assert_str_eq(text, "lab_read [lab]");
	symbol_name_with_module(symbol.name, symbol.module, little, sizeof(little));
	ck_assert_str_eq(little, "lab_rea");
	symbol.module[0] = '\0';
	symbol_name_with_module(symbol.name, symbol.module, text, sizeof(text));
	ck_assert_str_eq(text, "lab_read");
	/* a name as long as the table allows leaves room for the module */
	memset(symbol.name, 'x', sizeof(symbol.name) - 1);
	memset(symbol.module, 'm', sizeof(symbol.module) - 1);
	symbol_name_with_module(symbol.name, symbol.module, text, sizeof(text));
	ck_assert_uint_eq(strlen(text), 120 + 3 + 40);
}
END_TEST

UNIT_MAIN("symbol_name", suffixes_are_cut_off, the_module_stands_behind)
