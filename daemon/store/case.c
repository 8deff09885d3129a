/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Test cases of rules: made of a dump, and judged. */
#include "daemon/store/case.h"

#include <stdarg.h>
#include <string.h>

#include "base/str.h"

/* --- made of a dump --------------------------------------------------------------------------- */

static json_t *finding_json(struct stmt *row)
{
	json_t *finding = json_object();
	json_t *evidence =
		stmt_is_null(row, 4) ? json_object() : json_loads(stmt_text(row, 4), 0, NULL);

	json_put(finding, "code", json_string(stmt_text(row, 0)));
	json_put(finding, "severity", json_string(stmt_text(row, 1)));
	json_put(finding, "confidence", json_real(stmt_real(row, 2)));
	json_put(finding, "headline",
		 stmt_is_null(row, 3) ? json_null() : json_string(stmt_text(row, 3)));
	json_put(finding, "evidence", evidence ? evidence : json_object());
	return finding;
}

static struct err *read_findings(struct db *db, int64_t dump, json_t *findings)
{
	struct stmt *row;
	bool more;

	TRY(db_query(db, &row,
		     "SELECT code, severity, confidence, headline, evidence FROM finding "
		     "WHERE dump = ? ORDER BY number",
		     "i", dump));
	for (;;) {
		TRY(stmt_step(row, &more));
		if (!more)
			return NULL;
		json_array_append_new(findings, finding_json(row));
	}
}

static json_t *expected_of(const struct matches *matches)
{
	const struct match *match = matches->list;
	json_t *range = json_array(), *expected = json_object();

	json_array_append_new(range, json_real(match->confidence));
	json_array_append_new(range, json_real(match->confidence));
	_free_ char *headline = match_headline(match);
	json_put(expected, "headline", json_string(headline));
	json_put(expected, "cause", json_string(match_cause(match)));
	json_put(expected, "confidence", range);
	return expected;
}

struct err *case_make(struct db *db, const struct rule *rule, int64_t dump, json_t **ret)
{
	_matches_ struct matches matches = {0};
	_json_ json_t *made = json_object();
	json_t *findings = json_array();

	json_put(made, "name", json_string("what this case is about"));
	json_put(made, "findings", findings);
	TRY(read_findings(db, dump, findings));
	TRY(match_rule(db, rule, dump, &matches));
	matches_sort(&matches);
	json_put(made, "match", matches.count ? expected_of(&matches) : json_null());
	*ret = json_incref(made);
	return NULL;
}

/* --- judged ----------------------------------------------------------------------------------- */

/* What went otherwise: the first thing counts. */
static void differ(char **wrong, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void differ(char **wrong, const char *fmt, ...)
{
	va_list args;

	if (*wrong)
		return;
	va_start(args, fmt);
	if (vasprintf(wrong, fmt, args) < 0)
		*wrong = NULL; /* which alloc.h knows of */
	va_end(args);
}

static void check_keys(const json_t *object, const char *const *known, char **wrong)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)object, key, value) {
		size_t i = 0;

		while (known[i] && strcmp(known[i], key) != 0)
			i++;
		if (!known[i])
			differ(wrong, "a case has no key \"%s\"", key);
	}
}

static void check_shape(const json_t *test, char **wrong)
{
	static const char *const keys[] = {"name", "findings", "match", "wins", NULL};
	static const char *const match_keys[] = {"headline", "because", "cause", "confidence",
						 NULL};
	const json_t *match = json_object_get(test, "match");

	check_keys(test, keys, wrong);
	if (!json_is_array(json_object_get(test, "findings")))
		differ(wrong, "it has no list \"findings\"");
	if (!json_is_object(match) && !json_is_null(match))
		differ(wrong, "\"match\" is neither {…} nor null");
	check_keys(match, match_keys, wrong);
}

/* With what a finding may leave out. */
static struct err *add_finding(struct store *store, int64_t dump, const json_t *given)
{
	_json_ json_t *finding = json_pack("{s:s, s:s, s:f}", "analyzer", "case", "severity",
					   "critical", "confidence", 1.0);

	if (!finding || json_object_update(finding, (json_t *)given))
		return json_is_object(given) ? &err_nomem
					     : err_new(ERR_INVALID, "a finding is no object");
	return store_add_finding(store, dump, finding);
}

static struct err *fill(struct store *store, const json_t *findings, int64_t *dump)
{
	size_t i;
	json_t *one;

	TRY(store_put_dump(store, &(struct dump_row){.uid = "case"}, dump));
	TRY(store_clear(store, *dump));
	json_array_foreach (findings, i, one)
		TRY(add_finding(store, *dump, one));
	return NULL;
}

static void compare_text(const json_t *expected, const char *key, const char *found, char **wrong)
{
	const char *text = json_string_at(expected, key);

	if (text && strcmp(text, found ? found : "") != 0)
		differ(wrong, "its %s is \"%s\", not \"%s\"", key, found, text);
}

static void compare(const json_t *expected, const struct match *match, char **wrong)
{
	const json_t *range = json_object_get(expected, "confidence");
	_free_ char *headline = match_headline(match);

	compare_text(expected, "headline", headline, wrong);
	compare_text(expected, "because", match->because, wrong);
	compare_text(expected, "cause", match_cause(match), wrong);
	if (!range)
		return;
	if (!json_is_number(json_array_get(range, 0)) || !json_is_number(json_array_get(range, 1)))
		differ(wrong, "\"confidence\" is not [LEAST, MOST]");
	else if (match->confidence < json_number_value(json_array_get(range, 0)) ||
		 match->confidence > json_number_value(json_array_get(range, 1)))
		differ(wrong, "it is %g sure, not %g to %g", match->confidence,
		       json_number_value(json_array_get(range, 0)),
		       json_number_value(json_array_get(range, 1)));
}

static struct err *compare_winner(struct db *db, const struct rules *rules, const struct rule *rule,
				  int64_t dump, const json_t *wins, char **wrong)
{
	_matches_ struct matches matches = {0};
	_json_ json_t *broken = json_array();

	TRY(judge_matches(rules, db, dump, &matches, broken));
	const char *winner = matches.count ? matches.list[0].rule->id : "no rule";
	if (json_is_true(wins) != !strcmp(winner, rule->id))
		differ(wrong, "%s wins", winner);
	return NULL;
}

static struct err *judge_case(struct store *store, const struct rules *rules,
			      const struct rule *rule, const json_t *test, char **wrong)
{
	const json_t *expected = json_object_get(test, "match");
	const json_t *wins = json_object_get(test, "wins");
	_matches_ struct matches matches = {0};
	int64_t dump;

	TRY(fill(store, json_object_get(test, "findings"), &dump));
	TRY(match_rule(store_db(store), rule, dump, &matches));
	matches_sort(&matches);
	if (!matches.count && json_is_object(expected))
		differ(wrong, "it does not match");
	else if (matches.count && !json_is_object(expected))
		differ(wrong, "it matches: %s", matches.list[0].because);
	else if (matches.count)
		compare(expected, matches.list, wrong);
	return wins ? compare_winner(store_db(store), rules, rule, dump, wins, wrong) : NULL;
}

struct err *case_run(struct store *store, const struct rules *rules, const struct rule *rule,
		     const json_t *test, char **wrong)
{
	*wrong = NULL;
	check_shape(test, wrong);
	if (*wrong)
		return NULL;
	_err_ struct err *err = judge_case(store, rules, rule, test, wrong);
	if (err && err->code == ERR_NOMEM)
		return take_ptr(err);
	if (err)
		differ(wrong, "%s", err->message);
	return NULL;
}
