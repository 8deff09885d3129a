/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage rules test: judges the cases that stand beside rules. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "daemon/cli/rules_call.h"
#include "daemon/store/case.h"

#define CASES_SIZE_MAX (4u << 20) /* bytes of a file of cases */

struct tests {
	const struct rules *rules;
	const char *dir;
	struct store *store;
	size_t rule_count, cases, failed, untested;
	json_t *failures; /* [{"rule","case","why"}] */
};

static void fail(struct tests *tests, const char *rule, const char *name, const char *why)
{
	json_t *failure = json_object();

	tests->failed++;
	json_put(failure, "rule", json_escaped(rule));
	json_put(failure, "case", json_escaped(name));
	json_put(failure, "why", json_escaped(why));
	json_array_append_new(tests->failures, failure);
}

/* NULL and *why: what is there is no list of cases. */
static json_t *read_cases(const char *path, char **why)
{
	_close_ int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	_free_ char *text = malloc(CASES_SIZE_MAX + 1);
	json_error_t at;

	ssize_t size = fd >= 0 && text ? read(fd, text, CASES_SIZE_MAX + 1) : 0;
	bool fits = size > 0 && size <= (ssize_t)CASES_SIZE_MAX;
	json_t *cases = fits ? json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, &at) : NULL;
	if (json_is_array(cases))
		return cases;
	bool parsed = cases || !fits;
	json_decref(cases);
	if ((parsed ? asprintf(why, "%s is no list of cases", path)
		    : asprintf(why, "%s:%d:%d: %s", path, at.line, at.column, at.text)) < 0)
		*why = NULL;
	return NULL;
}

static struct err *run_cases(struct tests *tests, const struct rule *rule, const json_t *cases)
{
	size_t i;
	json_t *one;

	json_array_foreach (cases, i, one) {
		_free_ char *wrong = NULL;
		const char *name = json_string_at(one, "name");
		char number[32];

		snprintf(number, sizeof(number), "case %zu", i + 1);
		tests->cases++;
		TRY(case_run(tests->store, tests->rules, rule, one, &wrong));
		if (wrong)
			fail(tests, rule->file, name ? name : number, wrong);
	}
	return NULL;
}

static struct err *test_rule(struct tests *tests, const struct rule *rule)
{
	_json_ json_t *cases = NULL;
	_free_ char *path = NULL, *why = NULL;

	tests->rule_count++;
	if (rule->broken) {
		fail(tests, rule->file, "the rule", rule->broken);
		return NULL;
	}
	if (!rule->tested) {
		tests->untested++;
		return NULL;
	}
	if (asprintf(&path, "%s/%.*s.test.json", tests->dir, (int)(strlen(rule->file) - 4),
		     rule->file) < 0)
		return &err_nomem;
	cases = read_cases(path, &why);
	if (cases)
		return run_cases(tests, rule, cases);
	fail(tests, rule->file, "the cases", why);
	return NULL;
}

static struct err *test_rules(struct tests *tests, const char *file)
{
	TRY(store_open(":memory:", 0, &tests->store));
	for (size_t i = 0; i < rules_count(tests->rules); i++) {
		const struct rule *rule = rules_at(tests->rules, i);

		if (rule->site && (!file || !strcmp(rule->file, file)))
			TRY(test_rule(tests, rule));
	}
	return NULL;
}

static void print(const struct tests *tests, bool json)
{
	json_t *one;
	size_t i;

	if (json) {
		json_t *object = json_object();

		json_put(object, "rules", json_integer((json_int_t)tests->rule_count));
		json_put(object, "untested", json_integer((json_int_t)tests->untested));
		json_put(object, "cases", json_integer((json_int_t)tests->cases));
		json_put(object, "failures", json_incref(tests->failures));
		cmd_print_json(object);
		return;
	}
	json_array_foreach (tests->failures, i, one) {
		printf("%s: %s: %s\n", json_string_at(one, "rule"), json_string_at(one, "case"),
		       json_string_at(one, "why"));
	}
	printf("%zu rule%s (%zu without a test), %zu case%s, %zu failed\n", tests->rule_count,
	       tests->rule_count == 1 ? "" : "s", tests->untested, tests->cases,
	       tests->cases == 1 ? "" : "s", tests->failed);
}

struct err *rules_test(struct rules_call *call)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	_free_ char *dir = NULL, *file = NULL;
	_json_ json_t *failures = json_array();

	TRY(rules_call_place(call, &dir, &file));
	TRY(rules_load(dir, &rules));
	struct tests tests = {.rules = rules, .dir = dir, .failures = failures};
	struct err *err = test_rules(&tests, file);
	store_close(tests.store);
	TRY(err);
	call->status = tests.failed ? STATUS_NOT_FOUND : STATUS_OK;
	print(&tests, call->cmd->json);
	return NULL;
}
