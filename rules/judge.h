/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_JUDGE
#define TRIAGE_RULES_JUDGE

#include "json.h"
#include "rules/db.h"
#include "rules/match.h"
#include "rules/rules.h"

/* What a rule that matched says; all strings owned, see verdict_deinit(). */
struct verdict {
	char *rule;	/* id of the rule, NULL when none matched */
	char *cause;	/* "null_dereference", …; "unknown" */
	char *severity; /* as findings have it */
	char *headline; /* one line */
	double confidence;
	/* Lists, never NULL: finding numbers; why, one text a match; and so on. */
	json_t *because, *reasons, *ruled_out, *next_steps, *see;
	json_t *known_issue;  /* {"id","title","reference"} or NULL */
	json_t *alternatives; /* [{"rule","cause","headline","confidence"}], next best first */
	json_t *broken;	      /* [{"rule","why"}]: rules that could not be run */
};

/*
 * What all rules say of a dump, the surest first; broken (a list) gets {"rule","why"} of each that could
 * not be run. matches is empty before, and matches_deinit()'s whatever this returns.
 */
struct err *judge_matches(const struct rules *rules, struct db *db, int64_t dump,
			  struct matches *matches, json_t *broken);
/* Run all rules on a dump whose findings are in db, and take the best match. */
struct err *judge_dump(const struct rules *rules, struct db *db, int64_t dump, struct verdict *ret);
void verdict_deinit(struct verdict *verdict);
#define _verdict_ _cleanup_(verdict_deinit)

#endif
