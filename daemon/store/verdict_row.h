/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_VERDICT_ROW
#define TRIAGE_DAEMON_STORE_VERDICT_ROW

#include "daemon/store/store.h"

/*
 * The few words of a verdict that lists show and filter by and that the journal gets. They are read
 * from the rows; a whole report need not be built for them. Strings are owned, NULL if not known.
 */
struct verdict_row {
	char *uid, *path; /* the dump's */
	char *host, *kernel, *cause, *severity, *headline, *signature;
	char *hardware, *function,
		*module; /* the last two: where the fault is, and whose code that is */
	double confidence;
	int64_t crash_time; /* seconds since the epoch, 0: not known */
	bool failed;	    /* a part of the analysis broke off */
};

/* ERR_NOT_FOUND for a dump without a verdict. */
struct err *verdict_row_read(struct store *store, int64_t dump, struct verdict_row *ret);
void verdict_row_deinit(struct verdict_row *row);
#define _verdict_row_ _cleanup_(verdict_row_deinit)

#endif
