/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs one rule over what was found in a dump, and keeps the rows it gave. */
#include "rules/match.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "rules/headline.h"
#include "rules/sentence.h"

#define ROWS_MAX 32	 /* matches of one rule that are looked at */
#define RULE_STEPS 20000 /* thousand virtual machine instructions a rule may take */
#define TEXT_MAX 4096	 /* bytes of a headline or a reason */

static void match_deinit(struct match *match)
{
	free(match->headline);
	free(match->because);
	free(match->advice);
	free(match->cause);
	free(match->title);
	free(match->reference);
	json_decref(match->findings);
	*match = (struct match){0};
}

/* One text column; of two with the same name the first counts. */
static struct err *read_words(struct stmt *stmt, int column, char **slot)
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

/* A sentence, which may quote the log. */
static struct err *read_sentence(struct stmt *stmt, int column, char **slot, bool headline)
{
	_free_ char *words = NULL;

	if (*slot)
		return NULL;
	TRY(read_words(stmt, column, &words));
	*slot = sentence_tidy(words, headline);
	return *slot ? NULL : &err_nomem;
}

static struct err *read_column(struct stmt *stmt, int column, struct match *match)
{
	const char *name = stmt_column_name(stmt, column);

	if (stmt_is_null(stmt, column))
		return NULL;
	if (!strcmp(name, "because"))
		return read_sentence(stmt, column, &match->because, false);
	if (!strcmp(name, "headline"))
		return read_sentence(stmt, column, &match->headline, true);
	if (!strcmp(name, "advice"))
		return read_words(stmt, column, &match->advice);
	if (!strcmp(name, "cause"))
		return read_words(stmt, column, &match->cause);
	if (!strcmp(name, "title"))
		return read_words(stmt, column, &match->title);
	if (!strcmp(name, "reference"))
		return read_words(stmt, column, &match->reference);
	bool confidence = !strcmp(name, "confidence");
	if (!confidence && strcmp(name, "finding") != 0 && strcmp(name, "finding2") != 0)
		return NULL;
	if (!stmt_is_number(stmt, column))
		return err_new(ERR_INVALID, "its \"%s\" is no number", name);
	if (confidence)
		match->row_confidence = MIN(MAX(stmt_real(stmt, column), 0.0), 1.0);
	else
		json_array_append_new(match->findings, json_integer(stmt_int(stmt, column)));
	return NULL;
}

/* A product of estimates has no 16 digits; percents and a tenth are more than it is worth. */
static double rounded(double confidence)
{
	return (double)(int)(confidence * 1000 + 0.5) / 1000;
}

void match_doubt(struct match *match, double doubt)
{
	match->confidence = rounded(match->confidence * (1 - doubt));
}

/* By name: because, headline, advice, cause, title, reference, confidence (times the header's), finding, finding2. */
static struct err *read_row(const struct rule *rule, struct stmt *stmt, struct match *match)
{
	_cleanup_(match_deinit) struct match row = {
		.rule = rule, .row_confidence = 1, .findings = json_array()};

	for (int i = 0; i < stmt_column_count(stmt); i++)
		TRY(read_column(stmt, i, &row));
	if (!row.because || !row.because[strspn(row.because, " ")])
		return err_new(ERR_INVALID, "its row has no \"because\" text");
	row.confidence = rounded(rule->confidence * row.row_confidence);
	*match = row;
	row = (struct match){0};
	return NULL;
}

void matches_deinit(struct matches *matches)
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

static struct err *run(struct db *db, const struct rule *rule, int64_t dump,
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

const char *match_words(const char *message)
{
	static const char *const doings[] = {"database: prepare: ", "database: execute: "};

	for (size_t i = 0; i < ARRAY_SIZE(doings); i++)
		if (has_prefix(message, doings[i]))
			return message + strlen(doings[i]);
	return message;
}

struct err *match_rule(struct db *db, const struct rule *rule, int64_t dump,
		       struct matches *matches)
{
	size_t before = matches->count;
	struct err *err = run(db, rule, dump, matches);

	if (err)
		forget_from(matches, before);
	return err;
}

static int by_confidence(const void *a, const void *b)
{
	const struct match *x = a, *y = b;

	if (x->confidence != y->confidence)
		return x->confidence < y->confidence ? 1 : -1;
	return strcmp(x->rule->id, y->rule->id);
}

void matches_sort(struct matches *matches)
{
	if (matches->count)
		qsort(matches->list, matches->count, sizeof(*matches->list), by_confidence);
}

const char *match_cause(const struct match *match)
{
	return match->cause ? match->cause : match->rule->cause;
}

const char *match_reference(const struct match *match)
{
	return match->reference ? match->reference : match->rule->reference;
}

const char *match_title(const struct match *match)
{
	return match->title ? match->title : match->rule->title;
}

char *match_headline(const struct match *match)
{
	return headline_brief(match->headline ? match->headline : match->because,
			      strstr(match->because, "the log says: ") ||
				      has_prefix(match->because, "the log has ") ||
				      has_prefix(match->because, "lockdep says: "));
}
