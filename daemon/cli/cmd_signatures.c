/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage signatures: crashes that are the same, a line each kind. */
#include "daemon/cli/group_list.h"

extern const struct verb signatures_verb;

static json_t *row_json(const struct group *group)
{
	json_t *row = json_object();

	json_put(row, "signature", json_escaped(group->name));
	json_put(row, "count", json_integer(group->count));
	json_put(row, "hosts", json_integer(group->hosts));
	json_put(row, "host", json_escaped(group->host));
	json_put(row, "kernels", json_integer(group->kernels));
	json_put(row, "kernel", json_escaped(group->kernel));
	group_list_put_time(row, "first_time", group->first_s);
	group_list_put_time(row, "last_time", group->last_s);
	json_put(row, "last_id", json_integer(group->last_id));
	json_put(row, "last_uid", json_escaped(group->last_uid));
	json_put(row, "cause", json_escaped(group->cause));
	json_put(row, "severity", json_escaped(group->severity));
	json_put(row, "headline", json_escaped(group->headline));
	json_put(row, "ticket", json_escaped(group->ticket));
	return row;
}

static const struct table_column columns[] = {
	{.heading = "SIGNATURE", .whole = true},
	{.heading = "COUNT"},
	{.heading = "HOSTS", .rank = 2},
	{.heading = "KERNELS", .rank = 3},
	{.heading = "FIRST", .rank = 4},
	{.heading = "LAST", .rank = 1},
	{.heading = "TICKET"},
	{.heading = "HEADLINE", .rest = true},
};

static void add_row(struct table *table, const struct group *group, const struct when *when)
{
	table_add(table, group->name);
	group_list_add_number(table, group->count);
	group_list_add_some(table, group->hosts, group->host);
	group_list_add_some(table, group->kernels, group->kernel);
	group_list_add_time(table, group->first_s, when);
	group_list_add_time(table, group->last_s, when);
	table_add(table, group->ticket);
	table_add(table, group->headline);
}

static const struct group_view view = {
	.by = GROUP_SIGNATURE,
	.schema = "triage.signatures/1",
	.key = "signatures",
	.columns = columns,
	.column_count = ARRAY_SIZE(columns),
	.json = row_json,
	.add = add_row,
	.none = "no dump with a signature is like that",
};

static int run(int argc, char **argv)
{
	return group_list_run(&signatures_verb, &view, argc, argv);
}

const struct verb signatures_verb = {
	.name = "signatures",
	.synopsis = "signatures " GROUP_LIST_SYNOPSIS,
	.summary = "crashes that are the same, a line each kind: how often, where, since when",
	.options = GROUP_LIST_HELP,
	.any_store = true,
	.run = run,
};
