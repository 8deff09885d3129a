/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules out of a site's directory, judged over findings in a store of their own. */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/store.h"
#include "rules/embedded.h"
#include "rules/judge.h"

struct fixture {
	struct store *store;
	int64_t dump;
	char directory[64];
	struct verdict verdict;
};

static void set_up(struct fixture *f)
{
	*f = (struct fixture){.directory = "/tmp/triage-rules-XXXXXX"};
	ck_assert_ptr_nonnull(mkdtemp(f->directory));
	assert_ok(store_open(":memory:", 0, &f->store));
	assert_ok(store_put_dump(f->store, &(struct dump_row){.uid = "u1"}, &f->dump));
}

static void tear_down(struct fixture *f)
{
	char command[128];

	verdict_deinit(&f->verdict);
	store_close(f->store);
	snprintf(command, sizeof(command), "rm -r %s", f->directory);
	ck_assert_int_eq(system(command), 0);
}

static void write_rule(struct fixture *f, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", f->directory, name);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

static void add(struct fixture *f, const char *code, double confidence, json_t *evidence)
{
	_json_ json_t *finding = json_pack("{s:s, s:s, s:s, s:f, s:s, s:o}", "analyzer", "test",
					   "code", code, "severity", "critical", "confidence",
					   confidence, "headline", "found", "evidence", evidence);

	ck_assert_ptr_nonnull(finding);
	assert_ok(store_add_finding(f->store, f->dump, finding));
}

static void judge(struct fixture *f)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;

	assert_ok(rules_load(f->directory, &rules));
	verdict_deinit(&f->verdict);
	assert_ok(judge_dump(rules, store_db(f->store), f->dump, &f->verdict));
}

/* Why the rule of that file was not run, "" when it was. */
static const char *broken(const struct fixture *f, const char *file)
{
	size_t i;
	json_t *one;

	json_array_foreach (f->verdict.broken, i, one)
		if (!strcmp(json_string_value(json_object_get(one, "rule")), file))
			return json_string_value(json_object_get(one, "why"));
	return "";
}

static const char *text_in(const json_t *list, size_t i)
{
	const char *text = json_string_value(json_array_get(list, i));

	return text ? text : "";
}

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
	ck_assert_str_eq(text_in(f.verdict.reasons, 0), "a reason");
	ck_assert_uint_eq(json_array_size(f.verdict.because), 2);
	ck_assert_int_eq(json_integer_value(json_array_get(f.verdict.because, 1)), 9);
	ck_assert_str_eq(json_string_value(json_object_get(f.verdict.known_issue, "reference")),
			 "https://example.org/1");
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
	} cases[] = {{"7e300", 0.5}, {"9e999", 0.5}, {"-3", 0},	   {"'abc'", 0},
		     {"0.5", 0.25},  {"NULL", 0.5},  {"x'00'", 0}, {"-9e999", 0}};
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
		static const char *const keys[] = {
			"-- id: ",	 "-- title: ",	    "-- cause: ",
			"-- severity: ", "-- confidence: ", "-- advice: "};
		char id[64];

		for (size_t k = 0; k < ARRAY_SIZE(keys); k++)
			ck_assert_msg(strstr(one->sql, keys[k]), "%s has no \"%s\"", one->name,
				      keys[k]);
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
#define CRASH_KIND(id, name) name,
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

static void add_crash(struct fixture *f, const char *kind, const char *instruction)
{
	add(f, "crash", 1,
	    json_pack("{s:s, s:i, s:{s:s}, s:{s:s}}", "kind", kind, "cpu", 3, "rip", "symbol",
		      "victim", "instruction", "text", instruction));
}

static void add_text(struct fixture *f, const char *against, const char *class, const char *symbol)
{
	add(f, "memory.text", 1,
	    json_pack("{s:s, s:s, s:s}", "against", against, "class", class, "symbol", symbol));
}

/* What code that was compared says of a crash, against what the crash alone would be called. */
START_TEST(code_that_was_compared)
{
	static const struct {
		const char *kind, *instruction, *against, *class, *symbol, *rule, *cause;
	} cases[] = {
		{"null_dereference", "mov (%rax),%rax", "vmlinux", "bit_flip", "victim",
		 "text_bit_flip", "hardware"},
		{"invalid_opcode", "ud2", "module", "bit_flip", "victim", "text_bit_flip",
		 "hardware"},
		{"invalid_opcode", "ud2", "module", "overwritten", "victim", "text_overwritten",
		 "memory_corruption"},
		{"invalid_opcode", "ud2", "log", "bit_flip", "victim", "text_unsteady", "hardware"},
		{"invalid_opcode", "ud2", "module", "same", "victim", "invalid_opcode", "unknown"},
		{"invalid_opcode", "vaddps %ymm0,%ymm1,%ymm2", "vmlinux", "same", "victim",
		 "invalid_opcode", "unknown"},
		{"invalid_opcode", "mov %rax,%cr4", "vmlinux", "same", "victim", "invalid_opcode",
		 "unknown"},
		{"invalid_opcode", "mov (%rax),%rax", "vmlinux", "same", "victim", "text_misread",
		 "hardware"},
		{"invalid_opcode", "ret", "log", "same", "victim", "text_misread", "hardware"},
		{"invalid_opcode", "ret", "log", "same", "other", "invalid_opcode", "unknown"},
		{"null_dereference", "mov (%rax),%rax", "vmlinux", "same", "victim",
		 "null_dereference", "null_dereference"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;

		set_up(&f);
		add_crash(&f, cases[i].kind, cases[i].instruction);
		add_text(&f, cases[i].against, cases[i].class, cases[i].symbol);
		judge(&f);
		ck_assert_msg(!strcmp(f.verdict.rule, cases[i].rule), "%s, %s against %s: rule %s",
			      cases[i].instruction, cases[i].class, cases[i].against,
			      f.verdict.rule);
		ck_assert_str_eq(f.verdict.cause, cases[i].cause);
		tear_down(&f);
	}
}
END_TEST

/* A machine that waits for I/O is hung only when somebody has waited long, or the watchdog says so. */
START_TEST(waiting_for_io_is_no_hang_by_itself)
{
	static const struct {
		const char *kind;
		double blocked_s;
		const char *rule, *cause;
	} cases[] = {
		{"sysrq", 0.02, "sysrq", "requested"},
		{"sysrq", 20, "wait_without_holder", "hang"},
		{"hung_task", 6, "wait_without_holder", "hang"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;

		set_up(&f);
		add(&f, "crash", 1, json_pack("{s:s}", "kind", cases[i].kind));
		add(&f, "waits", 0.7,
		    json_pack("{s:[], s:[{s:b, s:b, s:i}], s:{s:i}, s:{s:f}}", "cycles", "roots",
			      "io", 1, "holder_known", 0, "victims", 3, "io", "tasks", 3, "longest",
			      "blocked_s", cases[i].blocked_s));
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, cases[i].rule);
		ck_assert_str_eq(f.verdict.cause, cases[i].cause);
		tear_down(&f);
	}
}
END_TEST

/* Where no lock is at hand, the function most blocked tasks sleep in is the news. */
START_TEST(a_hung_task_names_where_it_sleeps)
{
	struct fixture f;

	set_up(&f);
	add(&f, "crash", 1,
	    json_pack("{s:s, s:s}", "kind", "hung_task", "message",
		      "Kernel panic - not syncing: hung_task: blocked tasks"));
	add(&f, "lock.other", 0.5,
	    json_pack("{s:s, s:s, s:b, s:[{}]}", "kind", "other", "name", "lock_blkgrp_sync()",
		      "unnamed", 1, "waiters"));
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, "hung_task");
	ck_assert_ptr_nonnull(strstr(f.verdict.headline, "hung_task: blocked tasks; "));
	tear_down(&f);
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

/* Whether a queue moves: its root's state, and how long somebody has waited at most (-1 unknown). */
static void expect_queue(const char *kind, const char *root_state, double longest, const char *rule,
			 double confidence, const char *next)
{
	struct fixture f;

	set_up(&f);
	add(&f, "crash", 1, json_pack("{s:s, s:s}", "kind", kind, "message", "died"));
	json_t *waits = json_pack("{s:[], s:[{s:{s:s, s:i}, s:b, s:i, s:s}], s:i}", "cycles",
				  "roots", "task", "state", root_state, "pid", 5, "holder_known", 1,
				  "victims", 3, "doing", "asleep", "edge_count", 3);
	if (longest >= 0)
		json_object_set_new(waits, "longest", json_pack("{s:f}", "blocked_s", longest));
	add(&f, "waits", 1, waits);
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, rule);
	ck_assert_double_eq_tol(f.verdict.confidence, confidence, 1e-9);
	ck_assert_str_eq(json_string_value(json_object_get(
				 json_array_get(f.verdict.alternatives, 0), "rule")),
			 next);
	tear_down(&f);
}

START_TEST(a_queue_that_moves_is_no_hang)
{
	expect_queue("sysrq", "R", 0.4, "sysrq", 0.98, "unknown");
	expect_queue("sysrq", "R", 125, "lock_root", 0.85, "sysrq");
	expect_queue("sysrq", "D", 0.4, "lock_root", 0.85, "sysrq");
	/* Not known how long: neither is sure. */
	expect_queue("sysrq", "R", -1, "sysrq", 0.49, "lock_root");
	expect_queue("sysrq", "D", -1, "lock_root", 0.85, "sysrq");
	/* Somebody has timed it. */
	expect_queue("hung_task", "R", 5, "lock_root", 0.85, "unknown");
}
END_TEST

static void add_report(struct fixture *f, const char *kind, const char *outcome, int pid)
{
	add(f, "log.report", 1,
	    json_pack("{s:s, s:s, s:i, s:s, s:i, s:s, s:{s:s, s:i}}", "kind", kind, "outcome",
		      outcome, "first_line", 7, "message", "BUG: it broke", "pid", pid, "comm",
		      "victim", "rip", "symbol", "broken_function", "offset", 16));
}

/* Who asks for a dump is no cause while the log has one. */
START_TEST(a_sick_machine_dumped_on_request)
{
	static const struct {
		const char *kind, *outcome, *rule, *cause;
	} cases[] = {
		{"null_dereference", "oops", "earlier_oops", "null_dereference"},
		{"bad_page", "broken", "earlier_oops", "memory_corruption"},
		{"soft_lockup", "stuck", "earlier_oops", "lockup"},
		{"hung_task", "stuck", "sysrq", "requested"},
		{"warn", "note", "sysrq", "requested"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;

		set_up(&f);
		add(&f, "crash", 1, json_pack("{s:s}", "kind", "sysrq"));
		add_report(&f, cases[i].kind, cases[i].outcome, 12);
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, cases[i].rule);
		ck_assert_str_eq(f.verdict.cause, cases[i].cause);
		tear_down(&f);
	}
}
END_TEST

/* The oops and the lock that its task died with are one story; of another task they are two. */
START_TEST(a_task_that_died_with_a_lock)
{
	for (int same = 0; same < 2; same++) {
		struct fixture f;

		set_up(&f);
		add(&f, "crash", 1, json_pack("{s:s}", "kind", "sysrq"));
		add_report(&f, "null_dereference", "oops", 12);
		add(&f, "waits", 0.95,
		    json_pack("{s:[], s:[{s:{s:i, s:s}, s:b, s:b, s:i, s:s}]}", "cycles", "roots",
			      "task", "pid", same ? 12 : 13, "state", "X", "holder_known", 1,
			      "ended", 1, "victims", 3, "lock", "some_mutex"));
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, same ? "died_holding_lock" : "earlier_oops");
		ck_assert_str_eq(f.verdict.cause, "null_dereference");
		if (same)
			ck_assert_ptr_nonnull(
				strstr(f.verdict.headline, ", holding some_mutex; 3 tasks wait"));
		tear_down(&f);
	}
}
END_TEST

/* What does not go on without a lock is the news of a dump that was asked for, when it is old. */
START_TEST(what_is_stuck_without_a_lock)
{
	static const struct {
		const char *code, *kind;
		double seconds;
		const char *rule;
	} cases[] = {
		{"stuck.cpu", "run_queue", 6, "cpu_hogged"},
		{"stuck.work", "work_queue", 12, "work_stuck"},
		{"stuck.work", "work_queue", 1, "sysrq"},
		{"stuck.io", "block_request", 31, "device_silent"},
		{"stuck.io", "block_request", 1.5, "sysrq"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;

		set_up(&f);
		add(&f, "crash", 1, json_pack("{s:s}", "kind", "sysrq"));
		add(&f, cases[i].code, 0.9,
		    json_pack("{s:s, s:f, s:b}", "kind", cases[i].kind, "seconds", cases[i].seconds,
			      "realtime", 1));
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, cases[i].rule);
		tear_down(&f);
	}
}
END_TEST

/* The same rule advises on what is the case. */
START_TEST(advice_fits_the_case)
{
	static const struct {
		const char *brief;
		int cycles, ended;
		const char *rule, *step;
	} cases[] = {
		{"self-deadlock: a/1 reads b again", 1, 0, "deadlock",
		 "that it has for read already"},
		{"deadlock of 1 task over b: a/1", 1, 0, "deadlock", "that it holds already"},
		{"deadlock of 2 tasks over b, c: a/1, d/2", 1, 0, "deadlock", "The order in which"},
		{"b is held by a/1, which has ended", 0, 1, "lock_root",
		 "end with the lock in hand"},
		{"b: holder a/1 asleep", 0, 0, "lock_root", "at the root"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct fixture f;
		json_t *evidence =
			json_pack("{s:s, s:[{s:{s:i, s:s}, s:b, s:b, s:i}]}", "brief",
				  cases[i].brief, "roots", "task", "pid", 12, "state", "D",
				  "holder_known", 1, "ended", cases[i].ended, "victims", 3);

		set_up(&f);
		json_object_set_new(evidence, "cycles",
				    cases[i].cycles ? json_pack("[[i]]", 12) : json_array());
		json_object_set_new(json_array_get(json_object_get(evidence, "roots"), 0), "doing",
				    json_string("asleep"));
		add(&f, "crash", 1, json_pack("{s:s}", "kind", "sysrq"));
		add(&f, "waits", 0.95, evidence);
		judge(&f);
		ck_assert_str_eq(f.verdict.rule, cases[i].rule);
		ck_assert_str_eq(f.verdict.headline, cases[i].brief);
		ck_assert_ptr_nonnull(strstr(text_in(f.verdict.next_steps, 0), cases[i].step));
		tear_down(&f);
	}
}
END_TEST

START_TEST(a_frozen_file_system_is_no_device_that_fails)
{
	struct fixture f;

	set_up(&f);
	add(&f, "crash", 1, json_pack("{s:s}", "kind", "sysrq"));
	add(&f, "waits", 0.95,
	    json_pack("{s:[], s:[{s:{s:i}, s:b, s:i}]}", "cycles", "roots", "task", "pid", 12,
		      "holder_known", 0, "victims", 3));
	add(&f, "lock.percpu_rwsem", 1,
	    json_pack("{s:s, s:[]}", "state", "xfs on dm-2 is frozen (fsfreeze)", "waiters"));
	judge(&f);
	ck_assert_str_eq(f.verdict.rule, "frozen");
	ck_assert_ptr_nonnull(strstr(text_in(f.verdict.next_steps, 0), "fsfreeze --unfreeze"));
	tear_down(&f);
}
END_TEST

UNIT_MAIN("rules", header_gives_the_verdict_its_words,
	  surest_match_wins_and_the_rest_are_alternatives, rows_of_one_rule_are_reasons_together,
	  absurd_confidence_stays_between_0_and_1, broken_rules_are_noted_and_left_out,
	  rules_may_read_and_nothing_else, restrictions_end_with_the_rule, endless_rule_is_ended,
	  rows_without_end_are_cut_off, site_rule_replaces_the_built_in_one,
	  odd_files_in_a_sites_directory, a_sites_directory_is_absent_or_is_read,
	  every_built_in_rule_is_sound, every_kind_of_crash_has_a_rule, code_that_was_compared,
	  waiting_for_io_is_no_hang_by_itself, a_hung_task_names_where_it_sleeps,
	  hostile_evidence_breaks_no_rule, every_view_is_documented, a_queue_that_moves_is_no_hang,
	  a_row_may_name_its_own_cause, a_sick_machine_dumped_on_request,
	  a_task_that_died_with_a_lock, what_is_stuck_without_a_lock, advice_fits_the_case,
	  a_frozen_file_system_is_no_device_that_fails)
