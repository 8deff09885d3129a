/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs all rules over what was found in a dump, and makes the surest match the verdict. */
#include "rules/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "rules/headline.h"
#include "rules/view_tables.h"

#define ROWS_MAX 32	 /* matches of one rule that are looked at */
#define RULE_STEPS 20000 /* thousand virtual machine instructions a rule may take */
#define TEXT_MAX 4096	 /* bytes of a headline or a reason */
#define ALTERNATIVES_MAX 5

/* --- running ---------------------------------------------------------------------------------- */

/* One row a rule gave. */
struct match {
	const struct rule *rule;
	double confidence;
	char *headline, *because, *advice;
	char *cause; /* NULL: the rule's */
	json_t *findings;
};

static void match_deinit(struct match *match)
{
	free(match->headline);
	free(match->because);
	free(match->advice);
	free(match->cause);
	json_decref(match->findings);
	*match = (struct match){0};
}

/* One text column; of two with the same name the first counts. */
static struct err *read_text(struct stmt *stmt, int column, char **slot)
{
	const char *text = stmt_text(stmt, column);

	if (*slot)
		return NULL;
	if (!text)
		return &err_nomem;
	if (strlen(text) > TEXT_MAX)
		return err_new(ERR_LIMIT, "its \"%s\" is longer than %d bytes",
			       stmt_column_name(stmt, column), TEXT_MAX);
	if (!json_is_utf8(text))
		return err_new(ERR_INVALID, "its \"%s\" is not UTF-8",
			       stmt_column_name(stmt, column));
	*slot = strdup(text);
	return *slot ? NULL : &err_nomem;
}

static struct err *read_column(struct stmt *stmt, int column, struct match *match)
{
	const char *name = stmt_column_name(stmt, column);

	if (stmt_is_null(stmt, column))
		return NULL;
	if (!strcmp(name, "because"))
		return read_text(stmt, column, &match->because);
	if (!strcmp(name, "headline"))
		return read_text(stmt, column, &match->headline);
	if (!strcmp(name, "advice"))
		return read_text(stmt, column, &match->advice);
	if (!strcmp(name, "cause"))
		return read_text(stmt, column, &match->cause);
	if (!strcmp(name, "confidence"))
		match->confidence *= MIN(MAX(stmt_real(stmt, column), 0.0), 1.0);
	else if (!strcmp(name, "finding") || !strcmp(name, "finding2"))
		json_array_append_new(match->findings, json_integer(stmt_int(stmt, column)));
	return NULL;
}

/* By name: because, headline, advice, cause, confidence (times the header's), finding, finding2. */
static struct err *read_row(const struct rule *rule, struct stmt *stmt, struct match *match)
{
	_cleanup_(match_deinit) struct match row = {
		.rule = rule, .confidence = rule->confidence, .findings = json_array()};

	for (int i = 0; i < stmt_column_count(stmt); i++)
		TRY(read_column(stmt, i, &row));
	if (!row.because)
		return err_new(ERR_INVALID, "its row has no \"because\" text");
	/* A product of estimates has no 16 digits; percents and a tenth are more than it is worth. */
	row.confidence = (double)(int)(row.confidence * 1000 + 0.5) / 1000;
	*match = row;
	row = (struct match){0};
	return NULL;
}

struct matches {
	struct match *list;
	size_t count;
};

static void matches_deinit(struct matches *matches)
{
	for (size_t i = 0; i < matches->count; i++)
		match_deinit(&matches->list[i]);
	free(matches->list);
}

/* Takes what match owns over. */
static struct err *keep(struct matches *matches, struct match *match)
{
	if (!array_grow(matches->list, matches->count)) {
		match_deinit(match);
		return &err_nomem;
	}
	matches->list[matches->count++] = *match;
	return NULL;
}

/* A rule that broke half-way has said nothing. */
static void forget_from(struct matches *matches, size_t count)
{
	while (matches->count > count)
		match_deinit(&matches->list[--matches->count]);
}

static struct err *run_rule(struct db *db, const struct rule *rule, int64_t dump,
			    struct matches *matches)
{
	_cleanup_(cleanup_stmt_finalize) struct stmt *stmt = NULL;

	TRY(db_prepare_untrusted(db, rule->sql, RULE_STEPS, &stmt));
	int parameter = stmt_parameter(stmt, ":dump");
	if (parameter)
		TRY(stmt_bind_int(stmt, parameter, dump));
	for (unsigned rows = 0; rows < ROWS_MAX; rows++) {
		struct match match;
		bool row;

		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		TRY(read_row(rule, stmt, &match));
		TRY(keep(matches, &match));
	}
	return NULL;
}

static int by_confidence(const void *a, const void *b)
{
	const struct match *x = a, *y = b;

	if (x->confidence != y->confidence)
		return x->confidence < y->confidence ? 1 : -1;
	return strcmp(x->rule->id, y->rule->id);
}

static void add_lines(json_t *list, const char *lines)
{
	while (lines && *lines) {
		size_t length = strcspn(lines, "\n");

		if (length)
			json_array_append_new(list, json_stringn(lines, length));
		lines += length + (lines[length] == '\n');
	}
}

static bool listed(const json_t *list, const json_t *value)
{
	size_t i;
	json_t *one;

	json_array_foreach (list, i, one)
		if (json_equal(one, value))
			return true;
	return false;
}

static const char *cause_of(const struct match *match)
{
	return match->cause ? match->cause : match->rule->cause;
}

/* Owned by the caller; NULL on out-of-memory. */
static char *headline_of(const struct match *match)
{
	return headline_brief(match->headline ? match->headline : match->because,
			      has_prefix(match->because, "the log says: ") ||
				      has_prefix(match->because, "the log has ") ||
				      has_prefix(match->because, "lockdep says: "));
}

/* The best match's own words; other rows of the same rule add their reasons. */
static void take_best(const struct matches *matches, struct verdict *verdict)
{
	const struct match *best = &matches->list[0];
	const struct rule *rule = best->rule;
	size_t i;
	json_t *finding;

	verdict->rule = strdup(rule->id);
	verdict->cause = strdup(cause_of(best));
	verdict->severity = strdup(rule->severity ? rule->severity : "critical");
	verdict->headline = headline_of(best);
	verdict->confidence = best->confidence;
	add_lines(verdict->next_steps, best->advice);
	add_lines(verdict->next_steps, rule->advice);
	add_lines(verdict->ruled_out, rule->rules_out);
	if (rule->reference)
		verdict->known_issue = json_pack("{s:s, s:s?, s:s}", "id", rule->id, "title",
						 rule->title, "reference", rule->reference);
	for (size_t m = 0; m < matches->count; m++) {
		if (matches->list[m].rule != rule)
			continue;
		json_array_append_new(verdict->reasons, json_string(matches->list[m].because));
		json_array_foreach (matches->list[m].findings, i, finding)
			if (!listed(verdict->because, finding))
				json_array_append(verdict->because, finding);
	}
}

static void add_alternatives(const struct matches *matches, struct verdict *verdict)
{
	for (size_t i = 1; i < matches->count; i++) {
		const struct match *match = &matches->list[i];
		_free_ char *headline = NULL;

		if (match->rule == matches->list[0].rule ||
		    json_array_size(verdict->alternatives) == ALTERNATIVES_MAX)
			continue;
		headline = headline_of(match);
		json_array_append_new(verdict->alternatives,
				      json_pack("{s:s, s:s, s:s*, s:f}", "rule", match->rule->id,
						"cause", cause_of(match), "headline", headline,
						"confidence", match->confidence));
	}
}

static void set_unknown(struct verdict *verdict)
{
	verdict->cause = strdup("unknown");
	verdict->severity = strdup("notice");
	verdict->headline = strdup("no rule fits what was found");
}

/* One rule's matches; a rule that cannot be run is noted, and only out-of-memory is an error. */
static struct err *try_rule(struct db *db, const struct rule *rule, int64_t dump,
			    struct matches *matches, json_t *broken)
{
	size_t before = matches->count;
	_err_ struct err *err = rule->broken ? err_new(ERR_INVALID, "%s", rule->broken)
					     : run_rule(db, rule, dump, matches);

	if (!err)
		return NULL;
	if (err->code == ERR_NOMEM)
		return take_ptr(err);
	forget_from(matches, before);
	json_array_append_new(broken,
			      json_pack("{s:s, s:s}", "rule", rule->file, "why", err->message));
	return NULL;
}

static void decide(struct matches *matches, struct verdict *verdict)
{
	if (!matches->count) {
		set_unknown(verdict);
		return;
	}
	qsort(matches->list, matches->count, sizeof(*matches->list), by_confidence);
	take_best(matches, verdict);
	add_alternatives(matches, verdict);
}

/* A store that holds this dump alone, as that of `triage analyze`, is small enough to copy. */
static struct err *is_alone(struct db *db, bool *ret)
{
	int64_t dumps = 0;

	TRY(db_number(db, &dumps, "SELECT count(*) FROM (SELECT 1 FROM dump LIMIT 2)", ""));
	*ret = dumps == 1;
	return NULL;
}

static struct err *try_rules(const struct rules *rules, struct db *db, int64_t dump,
			     struct matches *matches, json_t *broken)
{
	_cleanup_(cleanup_view_tables_drop) struct db *tables = NULL;
	bool alone;

	TRY(is_alone(db, &alone));
	if (alone) {
		tables = db;
		TRY(view_tables_make(db));
	}
	for (size_t i = 0; i < rules_count(rules); i++)
		TRY(try_rule(db, rules_at(rules, i), dump, matches, broken));
	return NULL;
}

struct err *judge_dump(const struct rules *rules, struct db *db, int64_t dump, struct verdict *ret)
{
	unsigned failures = alloc_failures();
	_cleanup_(matches_deinit) struct matches matches = {0};
	_verdict_ struct verdict verdict = {
		.because = json_array(),
		.reasons = json_array(),
		.ruled_out = json_array(),
		.next_steps = json_array(),
		.alternatives = json_array(),
		.broken = json_array(),
	};

	TRY(try_rules(rules, db, dump, &matches, verdict.broken));
	decide(&matches, &verdict);
	if (alloc_failures() != failures)
		return &err_nomem;
	*ret = verdict;
	verdict = (struct verdict){0};
	return NULL;
}

void verdict_deinit(struct verdict *verdict)
{
	free(verdict->rule);
	free(verdict->cause);
	free(verdict->severity);
	free(verdict->headline);
	json_decref(verdict->because);
	json_decref(verdict->reasons);
	json_decref(verdict->ruled_out);
	json_decref(verdict->next_steps);
	json_decref(verdict->known_issue);
	json_decref(verdict->alternatives);
	json_decref(verdict->broken);
	*verdict = (struct verdict){0};
}
