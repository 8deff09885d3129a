/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_SIMILAR
#define TRIAGE_DAEMON_STORE_SIMILAR

#include "daemon/store/store.h"

/*
 * Crashes that share a part with one: how near they are is told by the strongest part, the nearest first. A host's own
 * store is looked through for them among its last SIMILAR_LOOKED_AT, and for the same signature further back; a central
 * database has an index for each part, and is asked for all of its time.
 */
#define SIMILAR_LOOKED_AT 10000

enum similar_part {
	SIMILAR_SIGNATURE, /* kind and innermost functions */
	SIMILAR_TITLE,	   /* one of the fuzzy titles: kind or cause, and a function */
	SIMILAR_FUNCTION,  /* where the fault is, whatever it was */
	SIMILAR_MODULE,	   /* whose code that is */
};
/* "signature", "title", "function", "module" */
const char *similar_part_name(enum similar_part part);

/*
 * {"signature", "signature_version", "titles", "function", "module"} of a dump itself, null where it has none. ERR_NOT_FOUND
 * for one without a verdict.
 */
struct err *similar_parts(struct store *store, int64_t dump, json_t **ret);
/*
 * Those that share one of parts, limit at most (0: SIMILAR_LOOKED_AT), the nearest first and the latest of them first:
 * [{"id", "uid", "time", "host", "kernel", "cause", "headline", "signature", "time_s",
 *   "shares": [{"part", "value"}]}]; of shares the strongest stands first.
 */
struct err *similar_find(struct store *store, int64_t dump, const json_t *parts, int64_t limit,
			 json_t **ret);

#endif
