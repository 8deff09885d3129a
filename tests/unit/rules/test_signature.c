/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "rules/signature.h"

/* A crash whose frames are "symbol" or "symbol/found_by", innermost first. */
static json_t *crash_of(const char *kind, const char *const *frames)
{
	json_t *backtrace = json_array();

	for (; *frames; frames++) {
		size_t size = strcspn(*frames, "/");

		json_array_append_new(backtrace,
				      json_pack("{s:o, s:s, s:s, s:i}", "symbol",
						json_stringn(*frames, size), "found_by",
						(*frames)[size] ? *frames + size + 1 : "orc",
						"address", "0xffffffff81000000", "offset", rand()));
	}
	return json_pack("{s:s, s:o}", "kind", kind, "backtrace", backtrace);
}

static void check_same(const char *const *a, const char *const *b, bool same)
{
	_json_ json_t *x = crash_of("bug", a), *y = crash_of("bug", b);
	struct signature s, t;

	signature_of(x, "assertion", &s);
	signature_of(y, "assertion", &t);
	ck_assert_uint_eq(strlen(s.exact), 16);
	ck_assert_msg(!strcmp(s.exact, t.exact) == same, "%s and %s", a[0], b[0]);
	json_decref(s.fuzzy);
	json_decref(t.fuzzy);
}

#define FRAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

START_TEST(another_build_is_the_same)
{
	check_same(FRAMES("f", "g", "h"), FRAMES("f", "g", "h"), true);
	check_same(FRAMES("f.isra.0", "g.constprop.3", "h.cold"), FRAMES("f", "g.part.1", "h"),
		   true);
}
END_TEST

START_TEST(machinery_and_guesses_do_not_count)
{
	check_same(FRAMES("machine_kexec", "__crash_kexec", "panic", "f", "g"), FRAMES("f", "g"),
		   true);
	check_same(FRAMES("stray/scan", "f", "other/scan", "g"), FRAMES("f", "g"), true);
	check_same(FRAMES("1", "2", "3", "4", "5", "6", "7"),
		   FRAMES("1", "2", "3", "4", "5", "6", "8"), true);
}
END_TEST

START_TEST(another_place_is_another_crash)
{
	_json_ json_t *x = crash_of("bug", FRAMES("f")), *y = crash_of("warn", FRAMES("f"));
	struct signature s, t;

	check_same(FRAMES("f", "g"), FRAMES("g", "f"), false);
	check_same(FRAMES("f", "g"), FRAMES("f"), false);
	check_same(FRAMES("fg"), FRAMES("f", "g"), false);
	signature_of(x, "assertion", &s);
	signature_of(y, "assertion", &t);
	ck_assert_str_ne(s.exact, t.exact);
	json_decref(s.fuzzy);
	json_decref(t.fuzzy);
}
END_TEST

START_TEST(fuzzy_titles_name_kind_cause_and_function)
{
	_json_ json_t *crash = crash_of("page_fault", FRAMES("die", "f", "g", "h"));
	struct signature s;

	signature_of(crash, "wild_pointer", &s);
	_free_ char *text = json_dumps(s.fuzzy, JSON_COMPACT);
	ck_assert_str_eq(text, "[\"page_fault in f\",\"wild_pointer in f\",\"page_fault in g\","
			       "\"wild_pointer in g\"]");
	json_decref(s.fuzzy);
}
END_TEST

START_TEST(nothing_to_group_by)
{
	static const char *const crashes[] = {
		"null",
		"{}",
		"{\"kind\": 5}",
		"{\"kind\": \"bug\"}",
		"{\"kind\": \"bug\", \"backtrace\": {\"symbol\": \"f\"}}",
		"{\"kind\": \"bug\", \"backtrace\": [1, null, {\"symbol\": 7}, {\"symbol\": "
		"\"f\"}]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++) {
		_json_ json_t *crash = json_loads(crashes[i], JSON_DECODE_ANY, NULL);
		struct signature s;

		ck_assert_ptr_nonnull(crash);
		signature_of(crash, NULL, &s);
		ck_assert_msg(!s.exact[0], "%s", crashes[i]);
		ck_assert_uint_eq(json_array_size(s.fuzzy), 0);
		json_decref(s.fuzzy);
	}
}
END_TEST

START_TEST(overlong_names_are_cut)
{
	char name[1000];
	struct signature s;

	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	_json_ json_t *crash = crash_of("bug", FRAMES(name));
	signature_of(crash, "assertion", &s);
	ck_assert_uint_eq(strlen(s.exact), 16);
	ck_assert_uint_lt(strlen(json_string_value(json_array_get(s.fuzzy, 0))), 200);
	json_decref(s.fuzzy);
}
END_TEST

UNIT_MAIN("signature", another_build_is_the_same, machinery_and_guesses_do_not_count,
	  another_place_is_another_crash, fuzzy_titles_name_kind_cause_and_function,
	  nothing_to_group_by, overlong_names_are_cut)
