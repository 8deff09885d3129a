/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_RULES
#define TRIAGE_RULES_RULES

#include "json.h"
#include "rules/db.h"

/*
 * Rules: SQL files that look at a dump's findings through the views of schema/views.sql and say
 * what killed the kernel. How to write one: rules/README.md.
 */
struct rules;

/*
 * The built-in rules, then every *.sql file of site_dir (may be NULL or absent), by name; a site
 * rule replaces a built-in one of the same id. A broken rule is left out, and every verdict names it
 * (struct verdict, broken); only out-of-memory is an error.
 */
struct err *rules_load(const char *site_dir, struct rules **ret);
void rules_free(struct rules *rules);
DEFINE_CLEANUP(struct rules, rules_free)
size_t rules_count(const struct rules *rules);

/* What a rule that matched says; all strings owned, see verdict_deinit(). */
struct verdict {
	char *rule;	/* id of the rule, NULL when none matched */
	char *cause;	/* "null_dereference", …; "unknown" */
	char *severity; /* as findings have it */
	char *headline; /* one line */
	double confidence;
	/* Lists, never NULL: finding numbers; why, one text a match; and so on. */
	json_t *because, *reasons, *ruled_out, *next_steps;
	json_t *known_issue;  /* {"id","title","reference"} or NULL */
	json_t *alternatives; /* [{"rule","cause","headline","confidence"}], next best first */
	json_t *broken;	      /* [{"rule","why"}]: rules that could not be run */
};

/* Run all rules on a dump whose findings are in db, and take the best match. */
struct err *rules_judge(struct rules *rules, struct db *db, int64_t dump, struct verdict *ret);
void verdict_deinit(struct verdict *verdict);
#define _verdict_ _cleanup_(verdict_deinit)

#endif
