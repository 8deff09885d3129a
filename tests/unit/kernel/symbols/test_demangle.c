/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/symbols/demangle.h"

static const char *name_of(const char *symbol)
{
	static char name[64];

	demangle(symbol, name, sizeof(name));
	return name;
}

START_TEST(names_are_those_of_the_source)
{
	ck_assert_str_eq(name_of("_ZN3lab5queue3popEv"), "lab::queue::pop()");
	ck_assert_str_eq(name_of("_ZN3lab4ring4Node6follow17h0123456789abcdefE"),
			 "lab::ring::Node::follow");
	ck_assert_str_eq(name_of("_RNvNtCsgStRaRn5MIE_3lab4ring4read"), "lab::ring::read");
}
END_TEST

START_TEST(other_names_stay)
{
	ck_assert_str_eq(name_of("main"), "main");
	ck_assert_str_eq(name_of(""), "");
	ck_assert_str_eq(name_of("_Z"), "_Z");
	ck_assert_str_eq(name_of("_RNvC"), "_RNvC");
}
END_TEST

/* Names that nest or repeat without end cost nothing, and long ones are cut. */
START_TEST(absurd_names_are_borne)
{
	char symbol[5000] = "_Z1f";
	char name[16];

	memset(symbol + 4, 'P', sizeof(symbol) - 6);
	symbol[sizeof(symbol) - 2] = 'i';
	demangle(symbol, name, sizeof(name));
	ck_assert_uint_eq(strlen(name), 15);
	symbol[4000] = 'i';
	symbol[4001] = '\0';
	demangle(symbol, name, sizeof(name));
	ck_assert_uint_eq(strlen(name), 15);
}
END_TEST

UNIT_MAIN("demangle", names_are_those_of_the_source, other_names_stay, absurd_names_are_borne)
