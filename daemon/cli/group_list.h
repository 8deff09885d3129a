/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_GROUP_LIST
#define TRIAGE_DAEMON_CLI_GROUP_LIST

#include "daemon/cli/cmd_common.h"
#include "daemon/cli/groups.h"
#include "daemon/cli/table.h"

/* Groups of crashes as a table or as JSON: what triage signatures, hosts and list --group-by have in common. */
struct group_view {
	enum group_by by;
	const char *schema, *key; /* of the JSON document, and of its list of groups */
	const struct table_column *columns;
	size_t column_count;
	json_t *(*json)(const struct group *group);
	void (*add)(struct table *table, const struct group *group, const struct when *when);
	const char *none; /* said where there is no group */
};

#define GROUP_LIST_INITIAL 50 /* so many are shown where nobody says how many */

/* The store is open, and filters are settled. limit 0: all. */
struct err *group_list_show(struct cmd *cmd, const struct group_view *view,
			    const struct list_filters *filters, const struct when *when,
			    uint64_t limit);
/* The whole of a verb that shows view: struct verb's run(). */
int group_list_run(const struct verb *verb, const struct group_view *view, int argc, char **argv);

#define GROUP_LIST_SYNOPSIS LIST_FILTERS_SYNOPSIS " [-n N] [--utc] [--json]" CMD_STORE_SYNOPSIS
#define GROUP_LIST_HELP                                                                            \
	LIST_FILTERS_HELP                                                                          \
	"  -n, --limit N      that many at most (50; 0: all)\n"                                    \
	"  --utc              times in UTC, not in local time; those of T as well\n"

/* Cells: "db1" where all are of one, else how many there are; a number; a time. */
void group_list_add_some(struct table *table, int64_t count, const char *one);
void group_list_add_number(struct table *table, int64_t number);
void group_list_add_time(struct table *table, int64_t seconds, const struct when *when);
void group_list_put_time(json_t *row, const char *key, int64_t seconds);

#endif
