/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test cases of rules: one that holds, and each way in which one may not. */
#include "daemon/store/case.h"
#include "rule_fixture.h"

#define RULE                                                                                       \
	"-- id: mine\n-- cause: hang\n-- confidence: 0.99\n"                                       \
	"SELECT 'seen in ' || symbol AS because, 'it hung' AS headline, confidence FROM crash "    \
	"WHERE dump = :dump AND kind = 'hung_task'"
#define FINDINGS(kind)                                                                             \
	"\"findings\":[{\"code\":\"crash\",\"evidence\":{\"kind\":\"" kind                         \
	"\",\"rip\":{\"symbol\":\"f\"}}}]"

/* How a case went, "" as it says. */
static char *run(struct fixture *f, const char *text)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	_json_ json_t *test = json_loads(text, 0, NULL);
	char *wrong = NULL;

	ck_assert_ptr_nonnull(test);
	write_rule(f, "mine.sql", RULE);
	assert_ok(rules_load(f->directory, &rules));
	assert_ok(case_run(f->store, rules, rules_find(rules, "mine"), test, &wrong));
	return wrong ? wrong : strdup("");
}

START_TEST(cases_that_hold_and_others)
{
	static const struct {
		const char *text, *wrong;
	} cases[] = {
		{"{" FINDINGS("hung_task") ",\"match\":{\"headline\":\"it hung\","
					   "\"because\":\"seen in f\",\"cause\":\"hang\","
					   "\"confidence\":[0.9,1]},\"wins\":true}",
		 ""},
		{"{" FINDINGS("sysrq") ",\"match\":null,\"wins\":false}", ""},
		{"{\"findings\":[],\"match\":null}", ""},
		{"{" FINDINGS("hung_task") ",\"match\":null}", "it matches: seen in f"},
		{"{" FINDINGS("sysrq") ",\"match\":{}}", "it does not match"},
		{"{" FINDINGS("sysrq") ",\"match\":null,\"wins\":true}", "sysrq wins"},
		{"{" FINDINGS("hung_task") ",\"match\":{\"headline\":\"it is hung\"}}",
		 "its headline is \"it hung\", not \"it is hung\""},
		{"{" FINDINGS("hung_task") ",\"match\":{\"confidence\":[0.1,0.2]}}",
		 "it is 0.99 sure, not 0.1 to 0.2"},
		{"{" FINDINGS("hung_task") ",\"match\":{\"confidence\":0.99}}",
		 "\"confidence\" is not [LEAST, MOST]"},
		{"{" FINDINGS("hung_task") ",\"match\":{\"headlin\":\"\"}}",
		 "a case has no key \"headlin\""},
		{"{" FINDINGS("sysrq") ",\"mtach\":null}", "a case has no key \"mtach\""},
		{"{" FINDINGS("sysrq") "}", "\"match\" is neither {…} nor null"},
		{"{\"match\":null}", "it has no list \"findings\""},
		{"{\"findings\":[1],\"match\":null}", "a finding is no object"},
		{"{\"findings\":[{\"evidence\":{}}],\"match\":null}",
		 "a finding without analyzer, code or severity"},
		{"[]", "it has no list \"findings\""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;

		set_up(&f);
		_free_ char *wrong = run(&f, cases[i].text);
		ck_assert_str_eq(wrong, cases[i].wrong);
		tear_down(&f);
	}
}
END_TEST

/* What a dump was found to be makes a case that holds. */
START_TEST(a_case_made_of_a_dump_holds)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	_json_ json_t *made = NULL;
	struct fixture f;

	set_up(&f);
	write_rule(&f, "mine.sql", RULE);
	assert_ok(rules_load(f.directory, &rules));
	add(&f, "crash", 0.5,
	    json_pack("{s:s, s:{s:s}}", "kind", "hung_task", "rip", "symbol", "f"));
	assert_ok(case_make(store_db(f.store), rules_find(rules, "mine"), f.dump, &made));
	ck_assert_str_eq(json_string_at(made, "match.headline"), "it hung");
	_free_ char *text = json_dumps(made, 0);
	_free_ char *wrong = run(&f, text);
	ck_assert_str_eq(wrong, "");
	tear_down(&f);
}
END_TEST

UNIT_MAIN("case", cases_that_hold_and_others, a_case_made_of_a_dump_holds)
