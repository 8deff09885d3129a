/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The groups of triage list --group-by. */
#include "daemon/cli/list_groups.h"

/* Of a signature it is that of its last crash: it has but one, mostly. */
static const char *cause_of(const struct group *group)
{
	return group->top_cause ? group->top_cause : group->cause;
}

static json_t *row_json(const struct group *group)
{
	json_t *row = json_object();

	json_put(row, "name", json_escaped(group->name));
	json_put(row, "count", json_integer(group->count));
	json_put(row, "hosts", json_integer(group->hosts));
	json_put(row, "host", json_escaped(group->host));
	json_put(row, "kernels", json_integer(group->kernels));
	json_put(row, "kernel", json_escaped(group->kernel));
	json_put(row, "cause", json_escaped(cause_of(group)));
	group_list_put_time(row, "first_time", group->first_s);
	group_list_put_time(row, "last_time", group->last_s);
	json_put(row, "last_id", json_integer(group->last_id));
	json_put(row, "last_uid", json_escaped(group->last_uid));
	json_put(row, "headline", json_escaped(group->headline));
	return row;
}

static void add_row(struct table *table, const struct group *group, const struct when *when)
{
	table_add(table, group->name);
	group_list_add_number(table, group->count);
	group_list_add_some(table, group->hosts, group->host);
	group_list_add_some(table, group->kernels, group->kernel);
	table_add(table, cause_of(group));
	group_list_add_time(table, group->first_s, when);
	group_list_add_time(table, group->last_s, when);
	table_add(table, group->headline);
}

struct err *list_groups_show(struct cmd *cmd, enum group_by by, const struct list_filters *filters,
			     const struct when *when, uint64_t limit)
{
	static const char *const headings[GROUP_BY_COUNT] = {"SIGNATURE", "KERNEL", "HOST",
							     "HARDWARE", "CAUSE"};
	struct table_column columns[] = {
		{.heading = headings[by], .whole = true}, {.heading = "COUNT"},
		{.heading = "HOSTS", .rank = 3},	  {.heading = "KERNELS", .rank = 4},
		{.heading = "MOST", .rank = 1},		  {.heading = "FIRST", .rank = 5},
		{.heading = "LAST", .rank = 2},		  {.heading = "HEADLINE", .rest = true},
	};
	const struct group_view view = {
		.by = by,
		.schema = "triage.groups/1",
		.key = "groups",
		.columns = columns,
		.column_count = ARRAY_SIZE(columns),
		.json = row_json,
		.add = add_row,
		.none = "no dump of which that is known is like that",
	};

	return group_list_show(cmd, &view, filters, when, limit);
}
