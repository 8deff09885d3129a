/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_SITE_RULES
#define TRIAGE_DAEMON_SITE_RULES

#include "daemon/store/store.h"
#include "json.h"
#include "rules/rules.h"

/*
 * The built-in rules and those of dir, and the list of what is wrong with the latter, as rule_faults() has
 * it: each is logged, and the others judge.
 */
struct err *site_rules_load(const char *dir, struct rules **rules, json_t **faults);
/*
 * The rules that broke on a dump that was judged, and are not in the list yet, go into it with its id ("dump") and
 * into the journal.
 */
struct err *site_rules_note(struct store *store, int64_t dump, json_t *faults);
/* The same of the newest verdicts, for a daemon that begins: but for rules whose file in dir is newer than that. */
struct err *site_rules_recall(struct store *store, const char *dir, json_t *faults);

#endif
