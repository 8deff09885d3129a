/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage similar: crashes that are like one, and what they share with it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"
#include "daemon/cli/cmd_common.h"
#include "daemon/cli/pager.h"
#include "daemon/cli/table.h"
#include "daemon/cli/when.h"
#include "daemon/render/render_style.h"
#include "daemon/store/similar.h"
#include "rules/signature.h"

#define LIMIT_INITIAL 50

enum { OPTION_UTC = 1 };
extern const struct verb similar_verb;

static const struct option options[] = {
	{"limit", required_argument, NULL, 'n'},
	{"utc", no_argument, NULL, OPTION_UTC},
	CMD_STORE_OPTIONS,
	{0},
};

static const struct table_column columns[] = {
	{.heading = "ID"},
	{.heading = "TIME", .rank = 2},
	{.heading = "HOST", .rank = 3},
	{.heading = "KERNEL", .rank = 4},
	{.heading = "SHARES", .rank = 1},
	{.heading = "HEADLINE", .rest = true},
};

/* "signature", "oops in f", "function f", "module m": the strongest. */
static void add_share(struct table *table, const json_t *share)
{
	const char *part = json_string_at(share, "part"), *value = json_string_at(share, "value");
	_str_ struct str text = {0};

	if (!strcmp(part, similar_part_name(SIMILAR_SIGNATURE)))
		str_puts(&text, part);
	else if (!strcmp(part, similar_part_name(SIMILAR_TITLE)))
		str_puts(&text, value);
	else
		str_printf(&text, "%s %s", part, value);
	table_add(table, text.data);
}

static void add_row(struct table *table, const json_t *row, const struct when *when)
{
	char id[24], time[WHEN_SIZE];

	snprintf(id, sizeof(id), "%" PRId64, (int64_t)json_integer_at(row, "id"));
	when_minutes(json_integer_at(row, "time_s"), when, time);
	table_add(table, id);
	table_add(table, time);
	table_add(table, json_string_at(row, "host"));
	table_add(table, json_string_at(row, "kernel"));
	add_share(table, json_array_get(json_at(row, "shares"), 0));
	table_add(table, json_string_at(row, "headline"));
}

static void print_table(const json_t *rows, const struct when *when)
{
	struct table table = {.columns = columns, .column_count = ARRAY_SIZE(columns)};
	_str_ struct str out = {0};
	struct render_style style;
	json_t *row;
	size_t i;

	style = render_style_for(STDOUT_FILENO);
	json_array_foreach (rows, i, row) {
		add_row(&table, row, when);
	}
	table_format(&table, style.given ? style.width : 0, true, style.colour, &out);
	fputs(out.data ? out.data : "", stdout);
	if (table.failed || out.failed)
		fputs("triage: out of memory: the list is not whole\n", stderr);
	table_deinit(&table);
}

/* What was looked for, above those that have it. */
static void print_part(const char *name, const char *value)
{
	_str_ struct str text = {0};

	str_puts(&text, "");
	str_escape(&text, value ? value : "none", strlen(value ? value : "none"));
	printf("%-11s%s\n", name, text.data ? text.data : "?");
}

static void print_parts(const struct cmd *cmd, const json_t *parts)
{
	const json_t *titles = json_at(parts, "titles"), *title;
	size_t i;

	print_part("signature", json_string_at(parts, "signature"));
	if (!cmd->server && json_string_at(parts, "signature") &&
	    json_integer_at(parts, "signature_version") != SIGNATURE_VERSION)
		print_part("", "made in another way than those of now: the daemon makes it anew");
	json_array_foreach (titles, i, title) {
		print_part("title", json_string_value(title));
	}
	print_part("function", json_string_at(parts, "function"));
	print_part("module", json_string_at(parts, "module"));
	putchar('\n');
}

/* time_s is for the table alone. */
static void print_json(const json_t *parts, json_t *rows)
{
	json_t *row;
	size_t i;

	json_array_foreach (rows, i, row) {
		json_object_del(row, "time_s");
	}
	cmd_print_json(json_pack("{s:s, s:O, s:O}", "schema", "triage.similar/1", "parts", parts,
				 "similar", rows));
}

static struct err *similar(struct cmd *cmd, const char *subject, int64_t limit,
			   const struct when *when)
{
	_json_ json_t *parts = NULL, *rows = NULL;
	int64_t dump;

	TRY(cmd_open(cmd));
	TRY(cmd_find_dump(cmd, subject, true, &dump));
	TRY(similar_parts(cmd->store, dump, &parts));
	TRY(similar_find(cmd->store, dump, parts, limit, &rows));
	if (cmd->json) {
		print_json(parts, rows);
		return NULL;
	}
	pager_open();
	print_parts(cmd, parts);
	print_table(rows, when);
	if (!json_array_size(rows))
		fputs("triage: no other dump shares any of it\n", stderr);
	else if (limit && json_array_size(rows) == (size_t)limit)
		printf("no more than %" PRId64 " are shown; -n 0 shows all\n", limit);
	return NULL;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &similar_verb};
	struct when when = {.now = time(NULL)};
	uint64_t limit = LIMIT_INITIAL;
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		when.utc |= option == OPTION_UTC;
		if (!err && option == 'n' &&
		    (!parse_dec(optarg, strlen(optarg), &limit) || limit > INT64_MAX))
			err = err_new(ERR_INVALID, "not a number: \"%s\"", optarg);
	}
	if (!err && optind + 1 != argc)
		err = err_new(ERR_INVALID, "similar takes one ID");
	if (!err)
		err = similar(&cmd, argv[optind], (int64_t)limit, &when);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb similar_verb = {
	.name = "similar",
	.synopsis = "similar ID|PATH [-n N] [--utc] [--json]" CMD_STORE_SYNOPSIS,
	.summary = "crashes that are like one, the nearest first, and what they share with it",
	.options = "  -n, --limit N      that many at most (50; 0: all)\n"
		   "  --utc              times in UTC, not in local time\n",
	.any_store = true,
	.run = run,
};
