/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RULES_RULE_CHECK
#define TRIAGE_RULES_RULE_CHECK

#include "rules/db.h"
#include "rules/rules.h"

/* What is wrong with a rule, and where in its file: line and column count from 1, in characters. */
struct rule_fault {
	unsigned line, column; /* 0: no place in the file */
	char *why;	       /* owned; NULL: nothing is wrong */
};
void rule_fault_deinit(struct rule_fault *fault);
#define _rule_fault_ _cleanup_(rule_fault_deinit)

/*
 * Would the rule run? Its header, and its SELECT as SQLite takes it over the views in db; it is not run.
 * Only out-of-memory is an error.
 */
struct err *rule_check(const struct rule *rule, struct db *db, struct rule_fault *ret);

#endif
