/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_LIST_FILTERS
#define TRIAGE_DAEMON_CLI_LIST_FILTERS

#include "base/str.h"
#include "daemon/cli/when.h"
#include "rules/db.h"

/* Which dumps triage list shows: what its filters are, whether anybody can be meant by them, their SQL. */

/* Those that compare a column of table job; a value with "*" or "?" is a pattern. */
enum list_column {
	LIST_HOST,
	LIST_KERNEL,
	LIST_CAUSE,
	LIST_SEVERITY,
	LIST_SIGNATURE,
	LIST_COLUMN_COUNT
};

struct list_filters {
	const char *values[LIST_COLUMN_COUNT]; /* NULL: any. Strings are argv's. */
	const char *state;
	const char *since, *until;
	int64_t since_s, until_s; /* the same, once list_filters_settle() was called */
};

/* Read times, and refuse a state that there is not. */
struct err *list_filters_settle(struct list_filters *filters, const struct when *when);
/*
 * Is there anybody with the values that are asked for? ERR_INVALID for a severity or cause that neither
 * a rule nor a dump has, ERR_NOT_FOUND for a host, kernel or signature that no dump has; the message
 * names the nearest that there is. Patterns may fit nobody. With no dump at all in the store nothing is refused but severities.
 */
struct err *list_filters_check(const struct list_filters *filters, struct db *db);
/* Append " AND …" conditions on a job "j", and bind them from parameter at on; returns the next. */
void list_filters_put(const struct list_filters *filters, struct str *sql);
struct err *list_filters_bind(const struct list_filters *filters, struct stmt *stmt, int *at);

#endif
