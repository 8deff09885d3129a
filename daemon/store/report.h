/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_REPORT
#define TRIAGE_DAEMON_STORE_REPORT

#include "daemon/store/store.h"

/*
 * The verdict as a JSON document (schema/verdict.schema.json), built from a dump's rows. Findings
 * are placed where finding.def says; the caller owns *ret. ERR_NOT_FOUND when there is no such
 * dump; a dump without a verdict yet gives a document whose "verdict" is null.
 */
struct err *report_build(struct store *store, int64_t dump, json_t **ret);

/* Whether a document is one of this schema. */
bool report_is_ours(const json_t *report);

/* One line of JSON, or indented; NULL on out-of-memory. The caller frees it. */
char *report_format(const json_t *report, bool indent);

#endif
