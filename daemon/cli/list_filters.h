/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_LIST_FILTERS
#define TRIAGE_DAEMON_CLI_LIST_FILTERS

#include <getopt.h>

#include "base/str.h"
#include "daemon/cli/when.h"
#include "rules/db.h"

/*
 * Which dumps triage list and signatures are about: options, whether anybody can be meant by them,
 * their SQL.
 */

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

/* Their options, for a verb's table; list_filters_take() knows the values. */
enum { OPTION_SINCE = 500, OPTION_UNTIL, OPTION_STATE, OPTION_FILTER };
#define LIST_FILTERS_OPTIONS                                                                       \
	{"since", required_argument, NULL, OPTION_SINCE},                                          \
		{"until", required_argument, NULL, OPTION_UNTIL},                                  \
		{"state", required_argument, NULL, OPTION_STATE},                                  \
		{"host", required_argument, NULL, OPTION_FILTER + LIST_HOST},                      \
		{"kernel", required_argument, NULL, OPTION_FILTER + LIST_KERNEL},                  \
		{"cause", required_argument, NULL, OPTION_FILTER + LIST_CAUSE},                    \
		{"severity", required_argument, NULL, OPTION_FILTER + LIST_SEVERITY},              \
	{                                                                                          \
		"signature", required_argument, NULL, OPTION_FILTER + LIST_SIGNATURE               \
	}
#define LIST_FILTERS_SYNOPSIS                                                                      \
	"[--since T] [--until T] [--host H] [--kernel K] [--cause C] [--severity S] "              \
	"[--signature G] [--state S]"
#define LIST_FILTERS_HELP                                                                          \
	"  --since T          crashes from then on: yesterday, today, 16:10, -2h,\n"               \
	"                     2026-11-01, \"2026-11-01 04:36\", \"2 days ago\"\n"                  \
	"  --until T          crashes before that\n"                                               \
	"  --host H           of this host; H, and the next four, may be a pattern with\n"         \
	"                     * and ?\n"                                                           \
	"  --kernel K         of this release of the kernel\n"                                     \
	"  --cause C          with this cause: triage(1) has them all\n"                           \
	"  --severity S       info, notice, warning or critical\n"                                 \
	"  --signature G      of the same crash, as triage show has it\n"                          \
	"  --state S          queued, running, done, failed, quarantined, or removed: the\n"       \
	"                     file is gone\n"
/* An option and its value, argv's; false for one that is no filter's. */
bool list_filters_take(struct list_filters *filters, int option, const char *value);

/* Read times, and refuse a state that there is not. */
struct err *list_filters_settle(struct list_filters *filters, const struct when *when);
/*
 * Is there anybody with the values that are asked for? ERR_INVALID for a severity or cause that neither
 * a rule nor a dump has, ERR_NOT_FOUND for a host, kernel or signature that no dump has; the message
 * names the nearest that there is. Patterns may fit nobody. With no dump at all in the store nothing is refused but severities.
 */
struct err *list_filters_check(const struct list_filters *filters, struct db *db);
/*
 * Append " AND …" conditions on a job "j", in the words of dialect, and bind them: both from parameter *at on, which
 * becomes the next. The parameters are numbered, so that one statement may hold the conditions twice.
 */
void list_filters_put(const struct list_filters *filters, enum db_dialect dialect, int *at,
		      struct str *sql);
struct err *list_filters_bind(const struct list_filters *filters, enum db_dialect dialect, int *at,
			      struct stmt *stmt);
/* Whether there are any. */
bool list_filters_any(const struct list_filters *filters);

#endif
