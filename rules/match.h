/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_MATCH
#define TRIAGE_RULES_MATCH

#include "base/cleanup.h"
#include "json.h"
#include "rules/db.h"
#include "rules/rules.h"

/* One row a rule gave; it owns its strings, and lives no longer than the rules. */
struct match {
	const struct rule *rule;
	double confidence;		   /* 0 to 1: the header's times the row's */
	double row_confidence;		   /* 0 to 1; 1 where the row has none */
	char *headline, *because, *advice; /* as the row has them; because alone is never NULL */
	char *cause;			   /* NULL: the rule's */
	char *title, *reference; /* of the known issue that it is about; NULL: the rule's */
	json_t *findings;	 /* numbers of those it rests on */
};

struct matches {
	struct match *list;
	size_t count;
};
void matches_deinit(struct matches *matches);
#define _matches_ _cleanup_(matches_deinit)

/*
 * Append the rows that a rule gives for a dump. ERR_INVALID or ERR_LIMIT for a rule that cannot be run, or
 * broke half-way: then none of its rows is kept.
 */
struct err *match_rule(struct db *db, const struct rule *rule, int64_t dump,
		       struct matches *matches);
/* What match_rule() said is wrong with a rule, without what was being done. */
const char *match_words(const char *message);
/* Be less sure of one: doubt, 0 to 1, is taken from its confidence. */
void match_doubt(struct match *match, double doubt);
/* The surest first; of equals the rule whose id comes first. */
void matches_sort(struct matches *matches);
const char *match_cause(const struct match *match);
/* Where the bug that the match is about is known, NULL: it is about none; and what bug that is, NULL: not said. */
const char *match_reference(const struct match *match);
const char *match_title(const struct match *match);
/* The verdict's headline if this match wins; the caller's, NULL on out-of-memory. */
char *match_headline(const struct match *match);

#endif
