/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_VERDICT_ROW
#define TRIAGE_DAEMON_STORE_VERDICT_ROW

#include "daemon/store/queue.h"
#include "daemon/store/store.h"

/* The few words of a verdict that lists show and filter by, out of its report. */
struct summary {
	struct queue_summary queue; /* strings are the report's */
	bool failed;		    /* a part of the analysis broke off */
	json_t *report;
};

struct err *summary_read(struct store *store, int64_t dump, struct summary *ret);
void summary_deinit(struct summary *summary);

/* "2026-11-21T04:36:55Z" to seconds since the epoch; 0 when it is none. */
int64_t parse_time(const char *text);
/* The reverse, into a buffer of TIME_SIZE. */
#define TIME_SIZE 24
void format_time(int64_t seconds, char text[TIME_SIZE]);

#endif
