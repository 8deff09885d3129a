/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULE_FIXTURE_H
#define TRIAGE_RULE_FIXTURE_H

#include <stdio.h>
#include <string.h>

#include "daemon/store/store.h"
#include "rules/judge.h"
#include "unit.h"

/* A store of its own with one dump, and a site's directory of rules, to judge findings by. */

struct fixture {
	struct store *store;
	int64_t dump;
	char directory[64];
	struct verdict verdict;
};

static inline void set_up(struct fixture *f)
{
	*f = (struct fixture){.directory = "/tmp/triage-rules-XXXXXX"};
	ck_assert_ptr_nonnull(mkdtemp(f->directory));
	assert_ok(store_open(":memory:", 0, &f->store));
	assert_ok(store_put_dump(f->store, &(struct dump_row){.uid = "u1"}, &f->dump));
}

static inline void tear_down(struct fixture *f)
{
	char command[128];

	verdict_deinit(&f->verdict);
	store_close(f->store);
	snprintf(command, sizeof(command), "rm -r %s", f->directory);
	ck_assert_int_eq(system(command), 0);
}

static inline void write_rule(struct fixture *f, const char *name, const char *text)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", f->directory, name);
	FILE *file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
}

static inline void add(struct fixture *f, const char *code, double confidence, json_t *evidence)
{
	_json_ json_t *finding = json_pack("{s:s, s:s, s:s, s:f, s:s, s:o}", "analyzer", "test",
					   "code", code, "severity", "critical", "confidence",
					   confidence, "headline", "found", "evidence", evidence);

	ck_assert_ptr_nonnull(finding);
	assert_ok(store_add_finding(f->store, f->dump, finding));
}

static inline void judge(struct fixture *f)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;

	assert_ok(rules_load(f->directory, &rules));
	verdict_deinit(&f->verdict);
	assert_ok(judge_dump(rules, store_db(f->store), f->dump, &f->verdict));
}

/* Why the rule of that file was not run, "" when it was. */
static inline const char *broken(const struct fixture *f, const char *file)
{
	size_t i;
	json_t *one;

	json_array_foreach (f->verdict.broken, i, one)
		if (!strcmp(json_string_value(json_object_get(one, "rule")), file))
			return json_string_value(json_object_get(one, "why"));
	return "";
}

static inline const char *text_in(const json_t *list, size_t i)
{
	const char *text = json_string_value(json_array_get(list, i));

	return text ? text : "";
}

#endif
