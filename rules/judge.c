/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs all rules over what was found in a dump, and makes the surest match the verdict. */
#include "rules/judge.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "rules/view_tables.h"

#define ALTERNATIVES_MAX 5
/* How sure a rule has to be of a known bug, for its advice to be given beside another's. */
#define KNOWN_LEAST 0.3

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

/* The best match's own words; other rows of the same rule add their reasons. */
static void take_best(const struct matches *matches, struct verdict *verdict)
{
	const struct match *best = &matches->list[0];
	const struct rule *rule = best->rule;
	size_t i;
	json_t *finding;

	verdict->rule = strdup(rule->id);
	verdict->cause = strdup(match_cause(best));
	verdict->severity = strdup(rule->severity ? rule->severity : "critical");
	verdict->headline = match_headline(best);
	verdict->confidence = best->confidence;
	add_lines(verdict->next_steps, best->advice);
	add_lines(verdict->next_steps, rule->advice);
	add_lines(verdict->ruled_out, rule->rules_out);
	add_lines(verdict->see, rule->see);
	if (match_reference(best))
		verdict->known_issue =
			json_pack("{s:s, s:s?, s:s}", "id", rule->id, "title", match_title(best),
				  "reference", match_reference(best));
	for (size_t m = 0; m < matches->count; m++) {
		if (matches->list[m].rule != rule)
			continue;
		json_array_append_new(verdict->reasons, json_string(matches->list[m].because));
		json_array_foreach (matches->list[m].findings, i, finding)
			if (!listed(verdict->because, finding))
				json_array_append(verdict->because, finding);
	}
}

static json_t *pack_alternative(const struct match *match, const char *headline)
{
	json_t *alternative = json_pack("{s:s, s:s, s:s*, s:f}", "rule", match->rule->id, "cause",
					match_cause(match), "headline", headline, "confidence",
					match->confidence);

	if (!match_reference(match))
		return alternative;
	json_object_set_new(alternative, "reference", json_string(match_reference(match)));
	if (match_title(match))
		json_object_set_new(alternative, "title", json_string(match_title(match)));
	return alternative;
}

static void add_alternatives(const struct matches *matches, struct verdict *verdict)
{
	for (size_t i = 1; i < matches->count; i++) {
		const struct match *match = &matches->list[i];
		_free_ char *headline = NULL;

		if (match->rule == matches->list[0].rule ||
		    json_array_size(verdict->alternatives) == ALTERNATIVES_MAX)
			continue;
		headline = match_headline(match);
		json_array_append_new(verdict->alternatives, pack_alternative(match, headline));
	}
}

/* What to do about the known bug that it may be comes after what the rule that decided says. */
static void add_known_steps(const struct matches *matches, struct verdict *verdict)
{
	const struct match *match = matches->list, *end = match + matches->count;

	while (match < end && !match_reference(match))
		match++;
	if (match == end || match->rule == matches->list[0].rule || match->confidence < KNOWN_LEAST)
		return;
	add_lines(verdict->next_steps, match->advice);
	add_lines(verdict->next_steps, match->rule->advice);
}

static void set_unknown(struct verdict *verdict)
{
	verdict->cause = strdup("unknown");
	verdict->severity = strdup("notice");
	verdict->headline = strdup("no rule fits what was found");
}

/*
 * One rule's matches. A rule that cannot be run is noted, and the one it replaced speaks instead; only
 * out-of-memory is an error.
 */
static struct err *try_rule(struct db *db, const struct rule *rule, int64_t dump,
			    struct matches *matches, json_t *broken)
{
	for (; rule; rule = rule->replaced) {
		_err_ struct err *err = rule->broken ? err_new(ERR_INVALID, "%s", rule->broken)
						     : match_rule(db, rule, dump, matches);

		if (!err)
			return NULL;
		if (err->code == ERR_NOMEM)
			return take_ptr(err);
		json_array_append_new(broken, json_pack("{s:s, s:s}", "rule", rule->file, "why",
							match_words(err->message)));
	}
	return NULL;
}

static void decide(const struct matches *matches, struct verdict *verdict)
{
	if (!matches->count) {
		set_unknown(verdict);
		return;
	}
	take_best(matches, verdict);
	add_alternatives(matches, verdict);
	add_known_steps(matches, verdict);
}

/* A store that holds this dump alone, as that of `triage analyze`, is small enough to copy. */
static struct err *is_alone(struct db *db, bool *ret)
{
	int64_t dumps = 0;

	TRY(db_number(db, &dumps, "SELECT count(*) FROM (SELECT 1 FROM dump LIMIT 2)", ""));
	*ret = dumps == 1;
	return NULL;
}

/* What stands on types that were found by looking is less sure than what stands on types written down. */
#define PROBED_DOUBT 0.1

/* Of all alike: which of them is the surest does not depend on who told of the types. */
static struct err *take_doubt(struct db *db, int64_t dump, struct matches *matches)
{
	int64_t probed = 0;

	TRY(db_number(db, &probed, "SELECT count(*) FROM system WHERE dump = ? AND types_probed",
		      "i", dump));
	for (size_t i = 0; probed && i < matches->count; i++)
		match_doubt(&matches->list[i], PROBED_DOUBT);
	return NULL;
}

struct err *judge_matches(const struct rules *rules, struct db *db, int64_t dump,
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
	matches_sort(matches);
	return take_doubt(db, dump, matches);
}

struct err *judge_dump(const struct rules *rules, struct db *db, int64_t dump, struct verdict *ret)
{
	unsigned failures = alloc_failures();
	_matches_ struct matches matches = {0};
	_verdict_ struct verdict verdict = {
		.because = json_array(),
		.reasons = json_array(),
		.ruled_out = json_array(),
		.next_steps = json_array(),
		.see = json_array(),
		.alternatives = json_array(),
		.broken = json_array(),
	};

	TRY(judge_matches(rules, db, dump, &matches, verdict.broken));
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
	json_decref(verdict->see);
	json_decref(verdict->known_issue);
	json_decref(verdict->alternatives);
	json_decref(verdict->broken);
	*verdict = (struct verdict){0};
}
