/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SITE_RULES
#define TRIAGE_DAEMON_SITE_RULES

#include "json.h"
#include "rules/rules.h"

/*
 * The built-in rules and those of dir, and the list of what is wrong with the latter, as rule_faults() has
 * it: each is logged, and the others judge.
 */
struct err *site_rules_load(const char *dir, struct rules **rules, json_t **faults);

#endif
