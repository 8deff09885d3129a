/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage hosts: the machines that crashed, a line each. */
#include "daemon/cli/group_list.h"

extern const struct verb hosts_verb;

static json_t *row_json(const struct group *group)
{
	json_t *row = json_object();

	json_put(row, "host", json_escaped(group->name));
	json_put(row, "count", json_integer(group->count));
	json_put(row, "cause", json_escaped(group->top_cause));
	json_put(row, "cause_count", json_integer(group->top_count));
	json_put(row, "kernel", json_escaped(group->last_kernel));
	json_put(row, "hardware", json_escaped(group->hardware));
	group_list_put_time(row, "first_time", group->first_s);
	group_list_put_time(row, "last_time", group->last_s);
	json_put(row, "last_id", json_integer(group->last_id));
	json_put(row, "last_uid", json_escaped(group->last_uid));
	json_put(row, "last_cause", json_escaped(group->cause));
	json_put(row, "headline", json_escaped(group->headline));
	return row;
}

static const struct table_column columns[] = {
	{.heading = "HOST", .whole = true},
	{.heading = "COUNT"},
	{.heading = "CAUSE"},
	{.heading = "KERNEL", .rank = 3},
	{.heading = "FIRST", .rank = 2},
	{.heading = "LAST", .rank = 1},
	{.heading = "ID"},
	{.heading = "HEADLINE", .rest = true},
};

static void add_row(struct table *table, const struct group *group, const struct when *when)
{
	table_add(table, group->name);
	group_list_add_number(table, group->count);
	table_add(table, group->top_cause);
	table_add(table, group->last_kernel);
	group_list_add_time(table, group->first_s, when);
	group_list_add_time(table, group->last_s, when);
	group_list_add_number(table, group->last_id);
	table_add(table, group->headline);
}

static const struct group_view view = {
	.by = GROUP_HOST,
	.schema = "triage.hosts/1",
	.key = "hosts",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.json = row_json,
	.add = add_row,
	.none = "no dump with a host is like that",
};

static int run(int argc, char **argv)
{
	return group_list_run(&hosts_verb, &view, argc, argv);
}

const struct verb hosts_verb = {
	.name = "hosts",
	.synopsis = "hosts " GROUP_LIST_SYNOPSIS,
	.summary = "the machines that crashed, a line each: how often, most of what, the last time",
	.options = GROUP_LIST_HELP,
	.any_store = true,
	.run = run,
};
