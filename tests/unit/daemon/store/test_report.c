/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "daemon/store/report.h"
#include "finding.h"

struct fixture {
	struct store *store;
	int64_t dump;
	json_t *report;
};

static void set_up(struct fixture *f)
{
	*f = (struct fixture){0};
	assert_ok(store_open(":memory:", 0, &f->store));
	assert_ok(store_put_dump(f->store,
				 &(struct dump_row){.uid = "u1", .path = "/a/vmcore", .size = 77},
				 &f->dump));
}

static void tear_down(struct fixture *f)
{
	json_decref(f->report);
	store_close(f->store);
}

static void build(struct fixture *f)
{
	json_decref(f->report);
	f->report = NULL;
	assert_ok(report_build(f->store, f->dump, &f->report));
}

static void add(struct fixture *f, const char *code, const char *place, json_t *evidence)
{
	_json_ json_t *finding = json_pack("{s:s, s:s, s:s, s:f, s:s?, s:o}", "analyzer", "test",
					   "code", code, "severity", "info", "confidence", 1.0,
					   "place", place, "evidence", evidence);

	ck_assert_ptr_nonnull(finding);
	assert_ok(store_add_finding(f->store, f->dump, finding));
}

/* A place no code has yet, as a later version's database may hold it. */
static void add_at(struct fixture *f, const char *place, json_t *evidence)
{
	_free_ char *text = json_dumps(evidence, JSON_COMPACT);
	struct stmt *stmt;

	json_decref(evidence);
	assert_ok(
		db_prepare(store_db(f->store),
			   "INSERT INTO finding (dump, number, analyzer, code, place, severity, "
			   "confidence, evidence) VALUES (?1, 1 + (SELECT count(*) FROM finding), "
			   "'test', 'x', ?2, 'info', 1, ?3)",
			   &stmt));
	assert_ok(stmt_bind_int(stmt, 1, f->dump));
	assert_ok(stmt_bind_text(stmt, 2, place));
	assert_ok(stmt_bind_text(stmt, 3, text));
	assert_ok(stmt_run(stmt));
}

/* What stands at "a/b/0", or NULL. */
static json_t *at(const struct fixture *f, const char *path)
{
	json_t *json = f->report;

	while (json && *path) {
		size_t size = strcspn(path, "/");
		char key[64];

		snprintf(key, sizeof(key), "%.*s", (int)size, path);
		json = json_is_array(json) ? json_array_get(json, (size_t)atoi(key))
					   : json_object_get(json, key);
		path += size + (path[size] == '/');
	}
	return json;
}

static const char *text(const struct fixture *f, const char *path)
{
	const char *value = json_string_value(at(f, path));

	return value ? value : "";
}

START_TEST(nothing_known_is_null)
{
	static const char *const sections[] = {"system", "crash",   "cpus",	  "tasks",
					       "locks",	 "waits",   "memory",	  "log",
					       "cost",	 "verdict", "analyzed_at"};
	struct fixture f;

	set_up(&f);
	build(&f);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++)
		ck_assert_msg(json_is_null(at(&f, sections[i])), "%s", sections[i]);
	ck_assert_str_eq(text(&f, "schema"), "triage.verdict/1");
	ck_assert_str_eq(text(&f, "uid"), "u1");
	ck_assert_str_eq(text(&f, "dump/path"), "/a/vmcore");
	ck_assert_int_eq(json_integer_value(at(&f, "dump/size")), 77);
	ck_assert_uint_eq(json_array_size(at(&f, "findings")), 0);
	ck_assert_uint_eq(json_array_size(at(&f, "degraded")), 0);
	assert_err(report_build(f.store, f.dump + 1, &f.report), ERR_NOT_FOUND);
	tear_down(&f);
}
END_TEST

START_TEST(objects_merge)
{
	struct fixture f;

	set_up(&f);
	add(&f, "crash", NULL, json_pack("{s:s}", "kind", "bug"));
	add(&f, "backtrace.panic", NULL, json_pack("{s:[{s:s}]}", "backtrace", "symbol", "f"));
	add(&f, "dump", NULL, json_pack("{s:s}", "format", "elf"));
	build(&f);
	ck_assert_str_eq(text(&f, "crash/kind"), "bug");
	ck_assert_str_eq(text(&f, "crash/backtrace/0/symbol"), "f");
	ck_assert_str_eq(text(&f, "dump/path"), "/a/vmcore");
	ck_assert_str_eq(text(&f, "dump/format"), "elf");
	ck_assert_str_eq(text(&f, "findings/0/evidence/section"), "/crash");
	tear_down(&f);
}
END_TEST

START_TEST(lists_keep_their_order)
{
	struct fixture f;

	set_up(&f);
	add(&f, "lock.mutex", NULL, json_pack("{s:s}", "name", "first"));
	add(&f, "log.event", NULL, json_pack("{s:s}", "text", "one"));
	add(&f, "lock.rwsem", NULL, json_pack("{s:s}", "name", "second"));
	add(&f, "log.segfault", NULL, json_pack("{s:s}", "comm", "sh"));
	add(&f, "degraded", NULL, json_pack("{s:s}", "step", "types"));
	build(&f);
	ck_assert_str_eq(text(&f, "locks/0/name"), "first");
	ck_assert_str_eq(text(&f, "locks/1/name"), "second");
	ck_assert_str_eq(text(&f, "log/events/0/text"), "one");
	ck_assert_str_eq(text(&f, "log/segfaults/0/comm"), "sh");
	ck_assert_str_eq(text(&f, "degraded/0/step"), "types");
	ck_assert_str_eq(text(&f, "findings/2/evidence/section"), "/locks/1");
	ck_assert_str_eq(text(&f, "findings/3/evidence/section"), "/log/segfaults/0");
	tear_down(&f);
}
END_TEST

START_TEST(nested_places_are_made_on_the_way)
{
	struct fixture f;

	set_up(&f);
	add_at(&f, "memory.pointers[]", json_pack("{s:s}", "where", "rdi"));
	add_at(&f, "memory.holder", json_pack("{s:s}", "type", "x"));
	add_at(&f, "memory.pointers[]", json_pack("{s:s}", "where", "rsi"));
	build(&f);
	ck_assert_str_eq(text(&f, "memory/pointers/1/where"), "rsi");
	ck_assert_str_eq(text(&f, "memory/holder/type"), "x");
	ck_assert_str_eq(text(&f, "findings/2/evidence/section"), "/memory/pointers/1");
	tear_down(&f);
}
END_TEST

START_TEST(evidence_without_a_place_stays)
{
	struct fixture f;

	set_up(&f);
	add(&f, "fault.non_canonical", NULL, json_pack("{s:s}", "register", "r15"));
	add(&f, "analysis.failed", NULL, json_null());
	build(&f);
	ck_assert_str_eq(text(&f, "findings/0/evidence/register"), "r15");
	ck_assert(json_is_null(at(&f, "findings/1/evidence")));
	tear_down(&f);
}
END_TEST

/* A worker that was taken over must not write over what is not its own. */
START_TEST(worker_does_not_choose_places)
{
	static const char *const places[] = {"",	"[]",	    "findings", "findings[]",
					     "verdict", "uid",	    "schema",	"tool",
					     "crash.",	"crash..x", ".",	"a.b.c.d[]"};
	struct fixture f;

	set_up(&f);
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		add(&f, "x.y", places[i],
		    json_pack("{s:s, s:[], s:{s:s}, s:s}", "uid", "forged", "findings", "verdict",
			      "cause", "forged", "schema", "forged"));
	build(&f);
	ck_assert_str_eq(text(&f, "uid"), "u1");
	ck_assert_str_eq(text(&f, "schema"), "triage.verdict/1");
	ck_assert(json_is_null(at(&f, "verdict")));
	ck_assert_uint_eq(json_array_size(at(&f, "findings")), ARRAY_SIZE(places));
	tear_down(&f);
}
END_TEST

START_TEST(verdict_stands_with_its_lists)
{
	_verdict_ struct verdict verdict = {
		.cause = strdup("hardware"),
		.severity = strdup("critical"),
		.headline = strdup("it broke"),
		.confidence = 0.5,
		.rule = strdup("r"),
		.because = json_pack("[i]", 3),
		.reasons = json_pack("[s]", "why"),
		.known_issue = json_pack("{s:s}", "id", "r"),
	};
	_json_ json_t *fuzzy = json_pack("[s]", "bug in f");
	struct verdict_meta meta = {
		.signature = "0123", .fuzzy = fuzzy, .analyzed_at = 0, .tool_version = "9"};
	struct fixture f;

	set_up(&f);
	assert_ok(store_put_verdict(f.store, f.dump, &verdict, &meta));
	build(&f);
	ck_assert_str_eq(text(&f, "verdict/cause"), "hardware");
	ck_assert_str_eq(text(&f, "verdict/reasons/0"), "why");
	ck_assert_str_eq(text(&f, "verdict/signature/exact"), "0123");
	ck_assert_str_eq(text(&f, "verdict/signature/fuzzy/0"), "bug in f");
	ck_assert_str_eq(text(&f, "verdict/known_issue/id"), "r");
	ck_assert(json_is_null(at(&f, "verdict/next_steps")));
	ck_assert_str_eq(text(&f, "analyzed_at"), "1970-01-01T00:00:00Z");
	ck_assert_str_eq(text(&f, "tool/version"), "9");
	tear_down(&f);
}
END_TEST

static const json_t *follow(const json_t *root, const json_t *schema)
{
	const char *ref = json_string_value(json_object_get(schema, "$ref"));

	return ref ? json_object_get(json_object_get(root, "$defs"), strrchr(ref, '/') + 1)
		   : schema;
}

/* Each place findings go to is in the public schema: a list where the place says so. */
START_TEST(every_place_is_in_the_schema)
{
	json_error_t error;
	_json_ json_t *root = json_load_file("schema/verdict.schema.json", 0, &error);

	ck_assert_msg(root, "%s", error.text);
	for (enum finding_id id = 0; id < FINDING_COUNT; id++) {
		const json_t *schema = root;
		const char *place = finding_place(id);

		for (const char *part = place; part && *part;) {
			size_t size = strcspn(part, ".[");
			char key[64];

			snprintf(key, sizeof(key), "%.*s", (int)size, part);
			schema = json_object_get(
				json_object_get(follow(root, schema), "properties"), key);
			ck_assert_msg(schema, "%s: %s", finding_code(id), place);
			part += size;
			part += *part == '.';
			if (*part == '[') {
				schema = json_object_get(follow(root, schema), "items");
				ck_assert_msg(schema, "%s: %s is no list", finding_code(id), place);
				part += 2;
			}
		}
	}
}
END_TEST

START_TEST(codes_are_found_again)
{
	for (enum finding_id id = 0; id < FINDING_COUNT; id++)
		ck_assert_int_eq(finding_by_code(finding_code(id)), id);
	ck_assert_int_eq(finding_by_code("nobody.knows"), FINDING_COUNT);
	ck_assert_int_eq(finding_by_code(""), FINDING_COUNT);
}
END_TEST

/* A damaged database: a section that another finding made something else of. */
START_TEST(a_place_that_cannot_be_leaves_the_evidence_where_it_is)
{
	static const char *const places[] = {"a.b", "a.b.c", "a.b[]", "a[]", "l", "l.m", "l.m[]"};
	struct fixture f;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		set_up(&f);
		add_at(&f, "a", json_pack("{s:s}", "b", "a word"));
		add_at(&f, "l[]", json_pack("{s:i}", "n", 1));
		add_at(&f, places[i], json_pack("{s:i}", "x", 7));
		build(&f);
		ck_assert_int_eq(json_integer_value(at(&f, "findings/2/evidence/x")), 7);
		ck_assert_str_eq(json_string_value(at(&f, "a/b")), "a word");
		ck_assert_uint_eq(json_array_size(at(&f, "l")), 1);
		tear_down(&f);
	}
}
END_TEST

UNIT_MAIN("report", a_place_that_cannot_be_leaves_the_evidence_where_it_is, nothing_known_is_null,
	  objects_merge, lists_keep_their_order, nested_places_are_made_on_the_way,
	  evidence_without_a_place_stays, worker_does_not_choose_places,
	  verdict_stands_with_its_lists, every_place_is_in_the_schema, codes_are_found_again)
