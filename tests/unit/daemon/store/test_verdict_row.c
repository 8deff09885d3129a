/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "daemon/store/verdict_row.h"

struct fixture {
	struct store *store;
	int64_t dump;
	struct verdict_row row;
};

static void add(struct fixture *f, const char *code, const char *evidence)
{
	_json_ json_t *finding =
		json_pack("{s:s, s:s, s:s, s:f, s:o}", "analyzer", "test", "code", code, "severity",
			  "info", "confidence", 1.0, "evidence", json_loads(evidence, 0, NULL));

	ck_assert_ptr_nonnull(finding);
	assert_ok(store_add_finding(f->store, f->dump, finding));
}

static void set_up(struct fixture *f)
{
	*f = (struct fixture){0};
	assert_ok(store_open(":memory:", 0, &f->store));
	assert_ok(store_put_dump(f->store,
				 &(struct dump_row){.uid = "u1", .path = "/a/vmcore", .size = 77},
				 &f->dump));
}

static void put_verdict(struct fixture *f)
{
	const struct verdict verdict = {.cause = (char *)"deadlock",
					.severity = (char *)"critical",
					.headline = (char *)"h",
					.confidence = 0.5};

	assert_ok(store_put_verdict(f->store, f->dump, &verdict,
				    &(struct verdict_meta){.signature = "s", .tool_version = "0"}));
}

static void tear_down(struct fixture *f)
{
	verdict_row_deinit(&f->row);
	store_close(f->store);
}

START_TEST(a_row_has_verdict_machine_and_time)
{
	struct fixture f;

	set_up(&f);
	add(&f, "system",
	    "{\"hostname\": \"box\", \"release\": \"6.1\", "
	    "\"hardware\": \"Acme 9\"}");
	add(&f, "crash",
	    "{\"rip\": {\"symbol\": \"memcpy\"}, \"culprit\": {\"symbol\": \"f\", "
	    "\"module\": \"m\"}}");
	add(&f, "crash.time", "{\"time\": \"2022-05-02T12:41:41Z\"}");
	put_verdict(&f);
	assert_ok(verdict_row_read(f.store, f.dump, &f.row));
	ck_assert_str_eq(f.row.uid, "u1");
	ck_assert_str_eq(f.row.path, "/a/vmcore");
	ck_assert_str_eq(f.row.host, "box");
	ck_assert_str_eq(f.row.kernel, "6.1");
	ck_assert_str_eq(f.row.cause, "deadlock");
	ck_assert_str_eq(f.row.severity, "critical");
	ck_assert_str_eq(f.row.headline, "h");
	ck_assert_str_eq(f.row.signature, "s");
	ck_assert_str_eq(f.row.hardware, "Acme 9");
	ck_assert_str_eq(f.row.function, "f");
	ck_assert_str_eq(f.row.module, "m");
	ck_assert_double_eq(f.row.confidence, 0.5);
	ck_assert_int_eq(f.row.crash_time, 1651495301);
	ck_assert(!f.row.failed);
	tear_down(&f);
}
END_TEST

/* A worker that was taken over may write anything as evidence. */
START_TEST(what_is_not_known_stays_so)
{
	static const char *const times[] = {"{}", "{\"time\": \"now\"}", "{\"time\": 5}",
					    "{\"time\": [\"2022-05-02T12:41:41Z\"]}"};

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		struct fixture f;

		set_up(&f);
		add(&f, "crash.time", times[i]);
		add(&f, "analysis.failed", "{}");
		put_verdict(&f);
		assert_ok(verdict_row_read(f.store, f.dump, &f.row));
		ck_assert_int_eq(f.row.crash_time, 0);
		ck_assert_ptr_null(f.row.host);
		ck_assert_ptr_null(f.row.kernel);
		ck_assert(f.row.failed);
		tear_down(&f);
	}
}
END_TEST

START_TEST(no_verdict_is_an_error)
{
	struct fixture f;

	set_up(&f);
	assert_err(verdict_row_read(f.store, f.dump, &f.row), ERR_NOT_FOUND);
	assert_err(verdict_row_read(f.store, 4711, &f.row), ERR_NOT_FOUND);
	tear_down(&f);
}
END_TEST

UNIT_MAIN("verdict_row", a_row_has_verdict_machine_and_time, what_is_not_known_stays_so,
	  no_verdict_is_an_error)
