/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_RULE_FAULTS
#define TRIAGE_DAEMON_STORE_RULE_FAULTS

#include "json.h"
#include "rules/rules.h"

/*
 * What is wrong with a site's rules, without a dump: [{"rule","line","column","why"}], line and column 0
 * where it is no place in the file. Looked at in a store of their own, which is gone afterwards.
 */
struct err *rule_faults(const struct rules *rules, json_t **ret);
/*
 * One of them as people read it: "site.sql:3:8: why", or "site.sql: why, on dump 3" where it has "dump"; the caller's, NULL on
 * out-of-memory.
 */
char *rule_fault_text(const json_t *fault);

#endif
