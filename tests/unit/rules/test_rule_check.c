/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where in its file a rule is wrong; and that a broken one stops no other. */
#include "daemon/store/rule_faults.h"
#include "rule_fixture.h"

static json_t *faults_of(const struct fixture *f)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	json_t *faults = NULL;

	assert_ok(rules_load(f->directory, &rules));
	assert_ok(rule_faults(rules, &faults));
	return faults;
}

START_TEST(faults_have_a_place)
{
	static const struct {
		const char *text, *fault;
	} cases[] = {
		{"-- id: a\n-- cause: c\nSELECT 1 AS because FROM crash", NULL},
		{"-- id: a\n-- cause: c\nSELECT 1 AS because FROM finding, json_each(evidence, "
		 "'$.x'), "
		 "json_tree(evidence)",
		 NULL},
		{"SELECT 1 AS because", "a.sql:1:1: its header has no id"},
		{"-- id: a\n", "a.sql:1:1: its header has no cause"},
		{"-- id: a\n-- cause: c\n-- confidence: 2\nSELECT 1 AS because",
		 "a.sql:3:16: its confidence is no number from 0 to 1"},
		{"-- id: a\n-- cause: c\n-- severity: fatal\nSELECT 1 AS because",
		 "a.sql:3:14: its severity is none of info, notice, warning, critical"},
		{"-- id: a\n-- cause: \xff\nSELECT 1 AS because", "a.sql:2:1: it is not UTF-8"},
		{"-- id: a\n-- cause: c\n\nSELECT\n  wrong AS because FROM crash",
		 "a.sql:5:3: no such column: wrong"},
		{"-- id: a\n-- cause: c\nSELECT 'Grüße', wrong AS because FROM crash",
		 "a.sql:3:17: no such column: wrong"},
		{"-- id: a\n-- cause: crahs\nSELECT 1 AS because\nFROM crahs",
		 "a.sql:4:6: no such table: crahs"},
		{"-- id: a\n-- cause: c\nSELECT 1 AS because;\nSELECT 2",
		 "a.sql:3:21: it holds more than one statement"},
		{"-- id: a\n-- cause: c\nDELETE FROM dump",
		 "a.sql:3:1: it asks for more than reading"},
		{"-- id: a\n-- cause: c\nSELECT 1", "a.sql:3:1: it has no column \"because\""},
		{"-- id: a\n-- cause: c\nSELECT 1 AS because, 2 AS advice, 3 AS advice",
		 "a.sql:3:1: it has two columns \"advice\""},
		{"-- id: a\n-- cause: c\n", "a.sql:3:1: there is no statement"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;

		set_up(&f);
		write_rule(&f, "a.sql", cases[i].text);
		_json_ json_t *faults = faults_of(&f);
		_free_ char *text =
			json_array_size(faults) ? rule_fault_text(json_array_get(faults, 0)) : NULL;
		ck_assert_uint_eq(json_array_size(faults), cases[i].fault != NULL);
		if (cases[i].fault)
			ck_assert_str_eq(text, cases[i].fault);
		tear_down(&f);
	}
}
END_TEST

START_TEST(two_files_of_one_id)
{
	struct fixture f;

	set_up(&f);
	write_rule(&f, "a.sql", "-- id: same\n-- cause: c\nSELECT 1 AS because");
	write_rule(&f, "b.sql", "-- id: same\n-- cause: c\nSELECT 2 AS because");
	_json_ json_t *faults = faults_of(&f);
	ck_assert_uint_eq(json_array_size(faults), 1);
	_free_ char *text = rule_fault_text(json_array_get(faults, 0));
	ck_assert_str_eq(text, "b.sql:1:1: its id is that of a.sql, which is not asked");
	tear_down(&f);
}
END_TEST

/* One in the header, one that SQLite refuses, one that breaks when it runs. */
START_TEST(who_replaces_a_rule_and_breaks_leaves_it_in_force)
{
	static const char *const broken_ones[] = {
		"-- id: divide_error\n-- cause: c\n-- confidence: 7\nSELECT 1 AS because",
		"-- id: divide_error\n-- cause: c\nSELECT 1 AS because FROM nowhere",
		"-- id: divide_error\n-- cause: c\nSELECT NULL AS because",
	};

	for (size_t i = 0; i < ARRAY_SIZE(broken_ones); i++) {
		struct fixture f;

		set_up(&f);
		add(&f, "crash", 1, json_pack("{s:s}", "kind", "divide_error"));
		write_rule(&f, "a.sql", broken_ones[i]);
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, "divide_error");
		ck_assert_str_eq(f.verdict.cause, "divide_error");
		ck_assert_uint_eq(json_array_size(f.verdict.broken), 1);
		ck_assert_str_ne(broken(&f, "a.sql"), "");
		tear_down(&f);
	}
}
END_TEST

UNIT_MAIN("rule_check", faults_have_a_place, two_files_of_one_id,
	  who_replaces_a_rule_and_breaks_leaves_it_in_force)
