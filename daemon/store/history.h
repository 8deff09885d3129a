/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_HISTORY
#define TRIAGE_DAEMON_STORE_HISTORY

#include "base/str.h"
#include "daemon/store/store.h"

/*
 * The crashes of the same signature around one, by the time of the crash: what the store has now,
 * so it is never kept with a verdict. Counting ends at HISTORY_MAX, which then stands for "as many
 * or more": a storm of one crash must not make each of its verdicts dearer than the one before.
 */
#define HISTORY_MAX 1000

struct history {
	int64_t number; /* it is the n-th; 0: it has no signature, or the daemon does not know it */
	int64_t on_host; /* the n-th on its host; 0: that is not known */
	int64_t after;	 /* so many came later */
	int64_t first_s,
		host_first_s;	  /* seconds since the epoch: of the first at all, on its host */
	char *first_kernel;	  /* release the first was on; NULL: not known. Owned. */
	int64_t before, before_s; /* the dump before it, and its time; 0: none */
	char *before_uid;	  /* of that dump; owned */
};

struct err *history_read(struct store *store, int64_t dump, struct history *ret);
void history_deinit(struct history *history);
#define _history_ _cleanup_(history_deinit)
/*
 * Append "12th time on this host since 2026-03-02, first on 6.1.0-37", or "not seen before"; nothing for
 * number 0. Days are those of the local time zone unless utc.
 */
void history_put(const struct history *history, bool utc, struct str *out);
/* Append "12th", or "at least 1000th". */
void history_put_ordinal(int64_t number, struct str *out);
/* The verdict's "history" of schema/verdict.schema.json; null for number 0. */
json_t *history_json(const struct history *history);

#endif
