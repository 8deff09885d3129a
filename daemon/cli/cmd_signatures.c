/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage signatures: crashes that are the same, a line each kind. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"
#include "base/utc.h"
#include "daemon/cli/cmd_common.h"
#include "daemon/cli/list_filters.h"
#include "daemon/cli/pager.h"
#include "daemon/cli/table.h"
#include "daemon/render/render_style.h"
#include "daemon/store/annotation.h"

#define LIMIT_INITIAL 50

enum { OPTION_UTC = 1 };
extern const struct verb signatures_verb;

static const struct option options[] = {
	LIST_FILTERS_OPTIONS,
	{"limit", required_argument, NULL, 'n'},
	{"utc", no_argument, NULL, OPTION_UTC},
	CMD_OPTIONS,
	{0},
};

struct signatures {
	struct cmd *cmd;
	struct list_filters filters;
	struct when when;
	uint64_t limit; /* 0: all */
	bool nobody;	/* has a value that is asked for */
	struct table table;
	json_t *rows; /* with --json */
	int64_t count;
};

/* --- a row ------------------------------------------------------------------------------------ */

/* What is said of the last crash is of the last that the filters let pass. */
#define ROWS_BEGIN                                                                                 \
	"SELECT g.signature, g.count, g.hosts, g.host, g.kernels, g.kernel, g.first, "             \
	"l.crash_time, l.dump, d.uid, l.cause, l.severity, l.headline, " ANNOTATION_TICKET         \
	" FROM "                                                                                   \
	"(SELECT j.signature, count(*) AS count, count(DISTINCT j.host) AS hosts, "                \
	"max(j.host) AS host, count(DISTINCT j.kernel) AS kernels, max(j.kernel) AS kernel, "      \
	"min(j.crash_time) AS first, max(printf('%020d %020d', j.crash_time, j.dump)) AS last "    \
	"FROM job j WHERE j.signature IS NOT NULL"
#define ROWS_END                                                                                   \
	" GROUP BY j.signature ORDER BY last DESC LIMIT ?) g "                                     \
	"JOIN job l ON l.dump = CAST(substr(g.last, 22) AS INTEGER) "                              \
	"JOIN dump d ON d.id = l.dump ORDER BY g.last DESC"
enum {
	ROW_SIGNATURE,
	ROW_COUNT,
	ROW_HOSTS,
	ROW_HOST,
	ROW_KERNELS,
	ROW_KERNEL,
	ROW_FIRST,
	ROW_LAST,
	ROW_LAST_ID,
	ROW_LAST_UID,
	ROW_CAUSE,
	ROW_SEVERITY,
	ROW_HEADLINE,
	ROW_TICKET
};

/* The one that all have, else NULL. */
static const char *only_one(struct stmt *stmt, int count, int value)
{
	return stmt_int(stmt, count) == 1 ? stmt_text(stmt, value) : NULL;
}

static json_t *row_json(struct stmt *stmt)
{
	char first[UTC_SIZE], last[UTC_SIZE];
	json_t *row = json_object();

	utc_format(stmt_int(stmt, ROW_FIRST), first);
	utc_format(stmt_int(stmt, ROW_LAST), last);
	json_put(row, "signature", json_escaped(stmt_text(stmt, ROW_SIGNATURE)));
	json_put(row, "count", json_integer(stmt_int(stmt, ROW_COUNT)));
	json_put(row, "hosts", json_integer(stmt_int(stmt, ROW_HOSTS)));
	json_put(row, "host", json_escaped(only_one(stmt, ROW_HOSTS, ROW_HOST)));
	json_put(row, "kernels", json_integer(stmt_int(stmt, ROW_KERNELS)));
	json_put(row, "kernel", json_escaped(only_one(stmt, ROW_KERNELS, ROW_KERNEL)));
	json_put(row, "first_time", json_escaped(first));
	json_put(row, "last_time", json_escaped(last));
	json_put(row, "last_id", json_integer(stmt_int(stmt, ROW_LAST_ID)));
	json_put(row, "last_uid", json_escaped(stmt_text(stmt, ROW_LAST_UID)));
	json_put(row, "cause", json_escaped(stmt_text(stmt, ROW_CAUSE)));
	json_put(row, "severity", json_escaped(stmt_text(stmt, ROW_SEVERITY)));
	json_put(row, "headline", json_escaped(stmt_text(stmt, ROW_HEADLINE)));
	json_put(row, "ticket", json_escaped(stmt_text(stmt, ROW_TICKET)));
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

/* "db1" where all are of one, else how many there are; NULL where none is known. */
static void add_some(struct table *table, struct stmt *stmt, int count, int value)
{
	char number[24];

	snprintf(number, sizeof(number), "%" PRId64, stmt_int(stmt, count));
	table_add(table, stmt_int(stmt, count) > 1 ? number : only_one(stmt, count, value));
}

static void add_row(struct signatures *signatures, struct stmt *stmt)
{
	struct table *table = &signatures->table;
	char count[24], when[WHEN_SIZE];

	snprintf(count, sizeof(count), "%" PRId64, stmt_int(stmt, ROW_COUNT));
	table_add(table, stmt_text(stmt, ROW_SIGNATURE));
	table_add(table, count);
	add_some(table, stmt, ROW_HOSTS, ROW_HOST);
	add_some(table, stmt, ROW_KERNELS, ROW_KERNEL);
	when_minutes(stmt_int(stmt, ROW_FIRST), &signatures->when, when);
	table_add(table, when);
	when_minutes(stmt_int(stmt, ROW_LAST), &signatures->when, when);
	table_add(table, when);
	table_add(table, stmt_text(stmt, ROW_TICKET));
	table_add(table, stmt_text(stmt, ROW_HEADLINE));
}

/* --- all of them ------------------------------------------------------------------------------ */

static struct err *read_rows(struct signatures *signatures)
{
	_str_ struct str sql = {0};
	struct stmt *stmt;
	int at = 1;

	str_puts(&sql, ROWS_BEGIN);
	list_filters_put(&signatures->filters, &sql);
	str_puts(&sql, ROWS_END);
	if (sql.failed)
		return &err_nomem;
	TRY(db_prepare(store_db(signatures->cmd->store), sql.data, &stmt));
	TRY(list_filters_bind(&signatures->filters, stmt, &at));
	TRY(stmt_bind_int(stmt, at, signatures->limit ? (int64_t)signatures->limit : -1));
	for (bool row;; signatures->count++) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			break;
		if (signatures->cmd->json)
			json_array_append_new(signatures->rows, row_json(stmt));
		else
			add_row(signatures, stmt);
	}
	store_close(take_ptr(signatures->cmd->store)); /* before the statement's text goes */
	return NULL;
}

static void print_rows(struct signatures *signatures)
{
	_str_ struct str out = {0};
	struct render_style style;

	if (signatures->cmd->json) {
		cmd_print_json(json_pack("{s:s, s:O}", "schema", "triage.signatures/1",
					 "signatures", signatures->rows));
		return;
	}
	pager_open();
	style = render_style_for(STDOUT_FILENO);
	table_format(&signatures->table, style.given ? style.width : 0, true, style.colour, &out);
	fputs(out.data ? out.data : "", stdout);
	if (signatures->table.failed || out.failed)
		fputs("triage: out of memory: the list is not whole\n", stderr);
	if (!signatures->count)
		fputs("triage: no dump with a signature is like that\n", stderr);
	else if (signatures->count == (int64_t)signatures->limit)
		printf("no more than %" PRId64 " are shown; -n 0 shows all\n", signatures->count);
}

static struct err *run_signatures(struct signatures *signatures)
{
	struct err *unknown;

	TRY(list_filters_settle(&signatures->filters, &signatures->when));
	signatures->table.columns = columns;
	signatures->table.column_count = ARRAY_SIZE(columns);
	TRY(cmd_open(signatures->cmd));
	unknown = list_filters_check(&signatures->filters, store_db(signatures->cmd->store));
	signatures->nobody = unknown && unknown->code == ERR_NOT_FOUND;
	TRY(unknown);
	TRY(read_rows(signatures));
	print_rows(signatures);
	return NULL;
}

static struct err *read_option(struct signatures *signatures, int option)
{
	if (option == OPTION_UTC)
		signatures->when.utc = true;
	if (list_filters_take(&signatures->filters, option, optarg) || option != 'n')
		return NULL;
	if (!parse_dec(optarg, strlen(optarg), &signatures->limit) || signatures->limit > INT64_MAX)
		return err_new(ERR_INVALID, "not a number: \"%s\"", optarg);
	return NULL;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &signatures_verb};
	_json_ json_t *rows = json_array();
	struct signatures signatures = {
		.cmd = &cmd, .when = {.now = time(NULL)}, .rows = rows, .limit = LIMIT_INITIAL};
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (!err)
			err = read_option(&signatures, option);
	}
	if (!err && optind < argc)
		err = err_new(ERR_INVALID, "signatures takes no \"%s\"", argv[optind]);
	if (!err)
		err = run_signatures(&signatures);
	table_deinit(&signatures.table);
	if (!err)
		return STATUS_OK;
	cmd_fail(cmd.json, err);
	return signatures.nobody ? STATUS_NOT_FOUND : STATUS_USAGE;
}

const struct verb signatures_verb = {
	.name = "signatures",
	.synopsis = "signatures " LIST_FILTERS_SYNOPSIS " [-n N] [--utc] [--json]",
	.summary = "crashes that are the same, a line each kind: how often, where, since when",
	.options = LIST_FILTERS_HELP
	"  -n, --limit N      that many at most (50; 0: all)\n"
	"  --utc              times in UTC, not in local time; those of T as well\n",
	.run = run,
};
