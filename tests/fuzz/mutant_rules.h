/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_TESTS_MUTANT_RULES
#define TRIAGE_TESTS_MUTANT_RULES

#include "rules/db.h"
#include "rules/rules.h"

/* From here on forks of this process judge with statements that are compiled already. */
struct err *mutant_rules_share(struct db *db, const struct rules *rules);

#endif
