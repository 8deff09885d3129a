/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules out of a site's directory, judged over findings in a store of their own. */
#include "rule_fixture.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "rules/embedded.h"

#define HEADER(id, confidence) "-- id: " id "\n-- cause: test\n-- confidence: " confidence "\n"
#define ALWAYS(id, confidence) HEADER(id, confidence) "SELECT 'always' AS because"

START_TEST(header_gives_the_verdict_its_words)
{
	struct fixture f;

	set_up(&f);
	write_rule(&f, "a.sql",
		   "-- id:   known_thing \r\n-- title: A known thing\n-- cause: firmware\n"
		   "-- severity: warning\n-- confidence: 0.5 \n-- advice: first step\n"
		   "-- advice: second step\n-- just a comment: with a colon\n"
		   "-- reference: https://example.org/1\n-- rules-out: something else\n"
		   "-- see: mm/slub.c\n-- see: core(5)\n"
		   "SELECT 'a reason' AS because, 'the headline' AS headline, 0.5 AS confidence,\n"
		   "7 AS finding, 9 AS finding2; /* the end */ -- really\n");
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, "known_thing");
	ck_assert_str_eq(f.verdict.cause, "firmware");
	ck_assert_str_eq(f.verdict.severity, "warning");
	ck_assert_str_eq(f.verdict.headline, "the headline");
	ck_assert_double_eq(f.verdict.confidence, 0.25);
	ck_assert_uint_eq(json_array_size(f.verdict.next_steps), 2);
	ck_assert_str_eq(text_in(f.verdict.next_steps, 1), "second step");
	ck_assert_str_eq(text_in(f.verdict.ruled_out, 0), "something else");
	ck_assert_uint_eq(json_array_size(f.verdict.see), 2);
	ck_assert_str_eq(text_in(f.verdict.see, 1), "core(5)");
	ck_assert_str_eq(text_in(f.verdict.reasons, 0), "a reason");
	ck_assert_uint_eq(json_array_size(f.verdict.because), 2);
	ck_assert_int_eq(json_integer_value(json_array_get(f.verdict.because, 1)), 9);
	ck_assert_str_eq(json_string_value(json_object_get(f.verdict.known_issue, "reference")),
			 "https://example.org/1");
	tear_down(&f);
}
END_TEST

START_TEST(a_row_names_the_known_bug_that_it_may_be)
{
	struct fixture f;
	const json_t *alternative;

	set_up(&f);
	write_rule(&f, "a.sql", HEADER("a", "0.9") "-- advice: first\nSELECT 'always' AS because");
	write_rule(&f, "b.sql",
		   HEADER("b", "0.5") "SELECT 'may be' AS because, 'a bug' AS title, 'commit 1' AS "
				      "reference, 'update' AS advice");
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, "a");
	ck_assert_ptr_null(f.verdict.known_issue);
	alternative = json_array_get(f.verdict.alternatives, 0);
	ck_assert_str_eq(json_string_value(json_object_get(alternative, "title")), "a bug");
	ck_assert_str_eq(json_string_value(json_object_get(alternative, "reference")), "commit 1");
	ck_assert_str_eq(text_in(f.verdict.next_steps, 0), "first");
	ck_assert_str_eq(text_in(f.verdict.next_steps, 1), "update");
	tear_down(&f);
}
END_TEST

START_TEST(one_that_is_hardly_sure_gives_no_advice)
{
	struct fixture f;

	set_up(&f);
	write_rule(&f, "a.sql", ALWAYS("a", "0.9"));
	write_rule(&f, "b.sql",
		   HEADER("b", "0.2") "-- reference: commit 1\n-- advice: update\nSELECT 'hardly' "
				      "AS because");
	judge(&f);
	ck_assert_uint_eq(json_array_size(f.verdict.next_steps), 0);
	ck_assert_uint_eq(json_array_size(f.verdict.alternatives), 1);
	tear_down(&f);
}
END_TEST

START_TEST(surest_match_wins_and_the_rest_are_alternatives)
{
	struct fixture f;

	set_up(&f);
	write_rule(&f, "a.sql", ALWAYS("a", "0.3"));
	write_rule(&f, "b.sql", ALWAYS("b", "0.9"));
	write_rule(&f, "c.sql", ALWAYS("c", "0.6"));
	write_rule(&f, "d.sql", HEADER("d", "1") "SELECT 'never' AS because WHERE 0");
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, "b");
	ck_assert_uint_eq(json_array_size(f.verdict.alternatives), 2);
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_array_get(f.verdict.alternatives, 0), "rule")),
			 "c");
	tear_down(&f);
}
END_TEST

START_TEST(rows_of_one_rule_are_reasons_together)
{
	struct fixture f;

	set_up(&f);
	write_rule(&f, "a.sql",
		   HEADER("a", "1") "WITH t (n) AS (VALUES (1), (2), (2), (3)) SELECT 'row ' || n "
				    "AS because,\n"
				    "'headline ' || n AS headline, n / 4.0 AS confidence, n AS "
				    "finding FROM t");
	judge(&f);
	ck_assert_str_eq(f.verdict.headline, "headline 3");
	ck_assert_uint_eq(json_array_size(f.verdict.reasons), 4);
	ck_assert_str_eq(text_in(f.verdict.reasons, 0), "row 3");
	ck_assert_uint_eq(json_array_size(f.verdict.because), 3);
	ck_assert_uint_eq(json_array_size(f.verdict.alternatives), 0);
	tear_down(&f);
}
END_TEST

START_TEST(a_row_may_name_its_own_cause)
{
	struct fixture f;

	set_up(&f);
	write_rule(&f, "a.sql", HEADER("a", "0.9") "SELECT 'b' AS because, 'double_free' AS cause");
	write_rule(&f, "b.sql", HEADER("b", "0.8") "SELECT 'b' AS because, NULL AS cause");
	judge(&f);
	ck_assert_str_eq(f.verdict.cause, "double_free");
	ck_assert_str_ne(json_string_value(json_object_get(
				 json_array_get(f.verdict.alternatives, 0), "cause")),
			 "double_free");
	tear_down(&f);
}
END_TEST

START_TEST(absurd_confidence_stays_between_0_and_1)
{
	static const struct {
		const char *value;
		double expected;
	} cases[] = {{"7e300", 0.5}, {"9e999", 0.5}, {"-3", 0},
		     {"0.5", 0.25},  {"NULL", 0.5},  {"-9e999", 0}};
	struct fixture f;
	char text[256];

	set_up(&f);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		snprintf(text, sizeof(text),
			 HEADER("a", "0.5") "SELECT 'x' AS because, %s AS confidence",
			 cases[i].value);
		write_rule(&f, "a.sql", text);
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, "a");
		ck_assert_double_eq(f.verdict.confidence, cases[i].expected);
	}
	tear_down(&f);
}
END_TEST

/* All alike lose a tenth: what would have won does, though another that needs no types comes near. */
START_TEST(types_that_were_looked_for_make_nobody_surer)
{
	struct fixture f;
	json_t *alternative;

	set_up(&f);
	write_rule(&f, "a.sql", ALWAYS("a", "0.9"));
	write_rule(&f, "b.sql", ALWAYS("b", "0.85"));
	add(&f, "system", 1, json_pack("{s:s, s:b}", "types_from", "profile", "types_probed", 0));
	judge(&f);
	ck_assert_double_eq(f.verdict.confidence, 0.9);
	tear_down(&f);
	set_up(&f);
	write_rule(&f, "a.sql", ALWAYS("a", "0.9"));
	write_rule(&f, "b.sql", ALWAYS("b", "0.85"));
	add(&f, "system", 1, json_pack("{s:s, s:b}", "types_from", "probing", "types_probed", 1));
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, "a");
	ck_assert_double_eq(f.verdict.confidence, 0.81);
	alternative = json_array_get(f.verdict.alternatives, 0);
	ck_assert_double_eq(json_number_value(json_object_get(alternative, "confidence")), 0.765);
	tear_down(&f);
}
END_TEST

/* Each is left out with its reason, and does not keep the others from being run. */
START_TEST(broken_rules_are_noted_and_left_out)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{"", "its header has no id"},
		{"SELECT 'x' AS because", "its header has no id"},
		{"\n-- id: x\n-- cause: y\nSELECT 'x' AS because", "its header has no id"},
		{"-- id: x\nSELECT 'x' AS because", "its header has no cause"},
		{ALWAYS("x", "1.5"), "its confidence is no number"},
		{ALWAYS("x", "nan"), "its confidence is no number"},
		{ALWAYS("x", "high"), "its confidence is no number"},
		{ALWAYS("x", ""), "its confidence is no number"},
		{ALWAYS("x", "1") "; SELECT 2", "more than one statement"},
		{ALWAYS("x", "1") "; /* */ DROP TABLE finding", "more than one statement"},
		{HEADER("x", "1"), "there is no statement"},
		{HEADER("x", "1") "SELECT 1 AS reason", "no \"because\" text"},
		{HEADER("x", "1") "SELECT NULL AS because", "no \"because\" text"},
		{HEADER("x", "1") "SELECT '' AS because", "no \"because\" text"},
		{HEADER("x", "1") "SELECT 'x' AS because, 'abc' AS confidence", "is no number"},
		{HEADER("x", "1") "SELECT 'x' AS because, x'00' AS finding", "is no number"},
		{HEADER("x", "1") "SELECT 'x' AS because FROM no_such_view", "no such table"},
		{HEADER("x", "1") "SELEKT 'x'", "syntax error"},
		{HEADER("x", "1") "SELECT printf('%.*c', 5000, 'x') AS because",
		 "longer than 4096"},
		{HEADER("x", "1") "SELECT CAST(x'ff41' AS TEXT) AS because", "not UTF-8"},
		{HEADER("x", "1") "-- Pr\xfc"
				  "fung\nSELECT 'x' AS because",
		 "not UTF-8"},
		{HEADER("x", "1") "SELECT hex(printf('%.*c', 40000000, 'x')) AS because",
		 "too big"},
		/* rows before the one that breaks do not count */
		{HEADER("x",
			"1") "WITH t (n) AS (VALUES ('fine'), (NULL)) SELECT n AS because FROM t",
		 "no \"because\" text"},
	};
	struct fixture f;

	set_up(&f);
	write_rule(&f, "b.sql", ALWAYS("b", "0.1"));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		write_rule(&f, "a.sql", cases[i].text);
		judge(&f);
		ck_assert_msg(strstr(broken(&f, "a.sql"), cases[i].why), "\"%s\" gives \"%s\"",
			      cases[i].text, broken(&f, "a.sql"));
		ck_assert_str_eq(f.verdict.rule, "b");
		ck_assert_str_eq(broken(&f, "b.sql"), "");
	}
	tear_down(&f);
}
END_TEST

START_TEST(rules_may_read_and_nothing_else)
{
	static const char *const refused[] = {
		"DELETE FROM finding RETURNING 'x' AS because",
		"INSERT INTO dump (uid) VALUES ('y') RETURNING 'x' AS because",
		"UPDATE dump SET path = 'y' RETURNING 'x' AS because",
		"CREATE TABLE t (a)",
		"CREATE TEMP VIEW v AS SELECT 1",
		"DROP VIEW crash",
		"ATTACH '/tmp/triage-attached' AS a",
		"DETACH main",
		"PRAGMA query_only = OFF",
		"PRAGMA user_version",
		"BEGIN",
		"ROLLBACK",
		"VACUUM INTO '/tmp/triage-vacuumed'",
		"REINDEX",
		"ANALYZE",
		"SELECT load_extension('/tmp/x.so') AS because",
		"SELECT hex(zeroblob(1000000000)) AS because",
	};
	struct fixture f;
	char text[256];

	set_up(&f);
	add(&f, "crash", 1, json_pack("{s:s}", "kind", "panic"));
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		snprintf(text, sizeof(text), HEADER("a", "1") "%s", refused[i]);
		write_rule(&f, "a.sql", text);
		judge(&f);
		const char *why = broken(&f, "a.sql");
		ck_assert_msg(strstr(why, "it asks for") || strstr(why, "it is not a SELECT"),
			      "%s: \"%s\"", refused[i], why);
		ck_assert_str_eq(f.verdict.rule, "panic");
	}
	ck_assert_int_ne(access("/tmp/triage-attached", F_OK), 0);
	ck_assert_int_ne(access("/tmp/triage-vacuumed", F_OK), 0);
	tear_down(&f);
}
END_TEST

/* What was refused to a rule is still allowed to the program itself. */
START_TEST(restrictions_end_with_the_rule)
{
	struct fixture f;

	set_up(&f);
	write_rule(&f, "a.sql", HEADER("a", "1") "DELETE FROM dump");
	judge(&f);
	assert_ok(db_exec(store_db(f.store), "DELETE FROM dump"));
	assert_ok(db_exec(store_db(f.store), "ATTACH ':memory:' AS other; DETACH other"));
	tear_down(&f);
}
END_TEST

START_TEST(endless_rule_is_ended)
{
	struct fixture f;

	set_up(&f);
	write_rule(&f, "a.sql",
		   HEADER("a",
			  "1") "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t)\n"
			       "SELECT 'x' AS because FROM t WHERE n < 0");
	write_rule(&f, "b.sql", ALWAYS("b", "0.5"));
	judge(&f);
	ck_assert_ptr_nonnull(strstr(broken(&f, "a.sql"), "too long"));
	ck_assert_str_eq(f.verdict.rule, "b");
	tear_down(&f);
}
END_TEST

START_TEST(rows_without_end_are_cut_off)
{
	struct fixture f;

	set_up(&f);
	write_rule(&f, "a.sql",
		   HEADER("a",
			  "1") "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t)\n"
			       "SELECT 'row ' || n AS because, n AS finding FROM t");
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, "a");
	ck_assert_uint_eq(json_array_size(f.verdict.reasons), 32);
	tear_down(&f);
}
END_TEST

START_TEST(site_rule_replaces_the_built_in_one)
{
	_cleanup_(cleanup_rules_free) struct rules *built_in = NULL, *both = NULL;
	struct fixture f;

	set_up(&f);
	add(&f, "crash", 1, json_pack("{s:s}", "kind", "divide_error"));
	judge(&f);
	ck_assert_str_eq(f.verdict.cause, "divide_error");
	write_rule(&f, "mine.sql", ALWAYS("divide_error", "1"));
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, "divide_error");
	ck_assert_str_eq(f.verdict.cause, "test");
	assert_ok(rules_load(NULL, &built_in));
	assert_ok(rules_load(f.directory, &both));
	ck_assert_uint_eq(rules_count(both), rules_count(built_in));
	tear_down(&f);
}
END_TEST

START_TEST(odd_files_in_a_sites_directory)
{
	struct fixture f;
	char path[128];

	set_up(&f);
	snprintf(path, sizeof(path), "%s/fifo.sql", f.directory);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	snprintf(path, sizeof(path), "%s/directory.sql", f.directory);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/gone.sql", f.directory);
	ck_assert_int_eq(symlink("/nonexistent", path), 0);
	write_rule(&f, "README", "no rule");
	write_rule(&f, ".hidden.sql", "no rule");
	write_rule(&f, "large.sql", ALWAYS("large", "1"));
	snprintf(path, sizeof(path), "%s/large.sql", f.directory);
	ck_assert_int_eq(truncate(path, 70000), 0);
	judge(&f);
	ck_assert_uint_eq(json_array_size(f.verdict.broken), 4);
	ck_assert_ptr_nonnull(strstr(broken(&f, "large.sql"), "64 KiB"));
	ck_assert_ptr_nonnull(strstr(broken(&f, "directory.sql"), "directory"));
	tear_down(&f);
}
END_TEST

START_TEST(a_sites_directory_is_absent_or_is_read)
{
	_cleanup_(cleanup_rules_free) struct rules *none = NULL, *absent = NULL, *unreadable = NULL;

	assert_ok(rules_load(NULL, &none));
	assert_ok(rules_load("/nonexistent", &absent));
	assert_ok(rules_load("/dev/null", &unreadable));
	ck_assert_uint_eq(rules_count(absent), rules_count(none));
	ck_assert_uint_eq(rules_count(unreadable), rules_count(none) + 1);
	const struct rule *last = rules_at(unreadable, rules_count(none));
	ck_assert_str_eq(last->file, "/dev/null");
	ck_assert_ptr_nonnull(strstr(last->broken, "directory"));
}
END_TEST

/* "mm/slub.c" and "Documentation/…" of the kernel's source, "core(5)" of its manual, or a place on the web. */
static void expect_source(const char *file, const char *see, size_t length)
{
	static const char *const begins[] = {
		"Documentation/", "arch/",   "block/", "drivers/", "fs/",  "include/",
		"init/",	  "kernel/", "lib/",   "mm/",	   "net/", "https://"};
	size_t name = strspn(see, "abcdefghijklmnopqrstuvwxyz_-");

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (has_prefix(see, begins[i]) && length > strlen(begins[i]) + 2)
			return;
	ck_assert_msg(name && length == name + 3 && see[name] == '(' && see[name + 2] == ')',
		      "%s: \"see: %.*s\" is no file of the kernel's and no page of the manual",
		      file, (int)length, see);
}

static void expect_reference(const struct embedded_sql *rule)
{
	static const char key[] = "\n-- see: ";
	const char *at = strstr(rule->sql, key);

	ck_assert_msg(at, "%s does not say where to read of it (see)", rule->name);
	for (; at; at = strstr(at + 1, key))
		expect_source(rule->name, at + strlen(key), strcspn(at + strlen(key), "\n"));
}

START_TEST(every_built_in_rule_is_sound)
{
	struct fixture f;

	set_up(&f);
	judge(&f);
	for (size_t i = 0; i < json_array_size(f.verdict.broken); i++)
		ck_abort_msg("%s: %s",
			     json_string_value(
				     json_object_get(json_array_get(f.verdict.broken, i), "rule")),
			     json_string_value(
				     json_object_get(json_array_get(f.verdict.broken, i), "why")));
	for (const struct embedded_sql *one = embedded_rules; one->name; one++) {
		static const char *const keys[] = {"-- id: ",	    "-- title: ",      "-- cause: ",
						   "-- severity: ", "-- confidence: ", "advice"};
		char id[64];

		for (size_t k = 0; k < ARRAY_SIZE(keys); k++)
			ck_assert_msg(strstr(one->sql, keys[k]), "%s has no \"%s\"", one->name,
				      keys[k]);
		expect_reference(one);
		snprintf(id, sizeof(id), "-- id: %.*s\n", (int)strcspn(one->name, "."), one->name);
		ck_assert_msg(!strncmp(one->sql, id, strlen(id)), "%s: another id", one->name);
	}
	ck_assert_ptr_null(f.verdict.rule);
	ck_assert_str_eq(f.verdict.cause, "unknown");
	tear_down(&f);
}
END_TEST

/* A bare crash of each kind, with nothing else known, gets a rule of its own and a headline. */
START_TEST(every_kind_of_crash_has_a_rule)
{
	static const char *const kinds[] = {
#define CRASH_KIND(id, name, words) name,
#include "crash/crash_kinds.def"
#undef CRASH_KIND
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct fixture f;
		bool unknown = !strcmp(kinds[i], "unknown");

		set_up(&f);
		add(&f, "crash", 1, json_pack("{s:s}", "kind", kinds[i]));
		judge(&f);
		ck_assert_ptr_nonnull(f.verdict.rule);
		ck_assert_msg(!strcmp(f.verdict.rule, "unknown") == unknown, "%s: rule %s",
			      kinds[i], f.verdict.rule);
		ck_assert_int_gt((int)strlen(f.verdict.headline), 0);
		ck_assert_int_eq(json_integer_value(json_array_get(f.verdict.because, 0)), 1);
		tear_down(&f);
	}
}
END_TEST

/* Evidence of the wrong type throughout: rules must neither break nor claim to know. */
START_TEST(hostile_evidence_breaks_no_rule)
{
	static const char *const codes[] = {"crash",	       "system",
					    "waits",	       "tasks",
					    "lock.rwsem",      "lock.spinlock",
					    "log.segfault",    "log.event",
					    "backtrace.panic", "fault.non_canonical",
					    "memory.text"};
	static const char *const bodies[] = {
		"{}",
		"{\"kind\": [], \"rip\": 5, \"task\": \"x\", \"fault\": {\"address\": {}}}",
		"{\"waiters\": 5, \"holders\": \"x\", \"edges\": {\"a\": 1}, \"cycles\": 9}",
		"{\"blocked\": [1, [2], {\"tasks\": 7}], \"backtrace\": [[[]]], \"bytes\": {}}",
		"{\"cpu\": -1e300, \"comm\": 18446744073709551615.0, \"class\": \"null_offset\"}",
	};
	struct fixture f;

	set_up(&f);
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		for (size_t j = 0; j < ARRAY_SIZE(bodies); j++)
			add(&f, codes[i], 5e300, json_loads(bodies[j], 0, NULL));
	judge(&f);
	ck_assert_uint_eq(json_array_size(f.verdict.broken), 0);
	ck_assert_double_le(f.verdict.confidence, 1);
	tear_down(&f);
}
END_TEST

#define ROW_MAX 4096 /* bytes of a row of a table */

/* The line of rules/README.md's table on a view, "" when there is none. */
static void find_row(const char *view, char line[ROW_MAX])
{
	FILE *file = fopen("rules/README.md", "r");
	char start[64];

	ck_assert_ptr_nonnull(file);
	snprintf(start, sizeof(start), "| `%s` |", view);
	while (fgets(line, ROW_MAX, file) && strncmp(line, start, strlen(start)))
		line[0] = '\0';
	fclose(file);
}

START_TEST(every_view_is_documented)
{
	struct fixture f;
	struct stmt *stmt;
	int seen = 0;
	bool row;

	set_up(&f);
	assert_ok(db_prepare(
		store_db(f.store),
		"SELECT m.name, p.name FROM sqlite_schema m, pragma_table_info(m.name) p "
		"WHERE m.type = 'view' AND p.name NOT IN ('dump', 'finding')",
		&stmt));
	for (;; seen++) {
		char line[ROW_MAX] = "", column[64];

		assert_ok(stmt_step(stmt, &row));
		if (!row)
			break;
		find_row(stmt_text(stmt, 0), line);
		snprintf(column, sizeof(column), "`%s`", stmt_text(stmt, 1));
		ck_assert_msg(strstr(line, column), "rules/README.md: view %s has a column %s",
			      stmt_text(stmt, 0), column);
	}
	ck_assert_int_gt(seen, 50);
	tear_down(&f);
}
END_TEST

UNIT_MAIN("rules", header_gives_the_verdict_its_words, a_row_names_the_known_bug_that_it_may_be,
	  one_that_is_hardly_sure_gives_no_advice, surest_match_wins_and_the_rest_are_alternatives,
	  rows_of_one_rule_are_reasons_together, a_row_may_name_its_own_cause,
	  absurd_confidence_stays_between_0_and_1, types_that_were_looked_for_make_nobody_surer,
	  broken_rules_are_noted_and_left_out, rules_may_read_and_nothing_else,
	  restrictions_end_with_the_rule, endless_rule_is_ended, rows_without_end_are_cut_off,
	  site_rule_replaces_the_built_in_one, odd_files_in_a_sites_directory,
	  a_sites_directory_is_absent_or_is_read, every_built_in_rule_is_sound,
	  every_kind_of_crash_has_a_rule, hostile_evidence_breaks_no_rule, every_view_is_documented)
