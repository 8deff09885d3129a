/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_CASE
#define TRIAGE_DAEMON_STORE_CASE

#include "daemon/store/store.h"

/*
 * A test case of a rule, as its NAME.test.json holds a list of:
 *   {"name": TEXT, "findings": [FINDING…], "match": {…} or null, "wins": true or false}
 * A finding needs "code" and "evidence" alone. Of "match" each key is compared that is there: "headline",
 * "because", "cause" with the surest row, "confidence": [LEAST, MOST]. "wins" may be left out.
 */

/* The case that a dump in db makes: its findings, and what the rule says of them. */
struct err *case_make(struct db *db, const struct rule *rule, int64_t dump, json_t **ret);
/*
 * Judge a case, in a store that holds nothing else of worth. *wrong says how it went otherwise than it says,
 * NULL: it did not; the caller's.
 */
struct err *case_run(struct store *store, const struct rules *rules, const struct rule *rule,
		     const json_t *test, char **wrong);

#endif
