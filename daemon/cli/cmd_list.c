/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage list: dumps and their verdicts, filtered. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/utc.h"
#include "daemon/cli/cmd_common.h"
#include "daemon/cli/table.h"
#include "rules/db.h"

#define LIMIT_INITIAL 50

/* A filter that compares a column; a value with "*" or "?" is a pattern. */
enum { FILTER_HOST, FILTER_KERNEL, FILTER_CAUSE, FILTER_SEVERITY, FILTER_SIGNATURE, FILTER_COUNT };
static const char *const filter_columns[FILTER_COUNT] = {"host", "kernel", "cause", "severity",
							 "signature"};

struct filters {
	const char *values[FILTER_COUNT];
	const char *state;
	const char *since, *until;
	uint64_t limit;
};

enum { OPTION_SINCE = 1, OPTION_UNTIL, OPTION_STATE, OPTION_LIMIT, OPTION_FILTER };
extern const struct verb list_verb;

static const struct option options[] = {
	{"since", required_argument, NULL, OPTION_SINCE},
	{"until", required_argument, NULL, OPTION_UNTIL},
	{"state", required_argument, NULL, OPTION_STATE},
	{"limit", required_argument, NULL, OPTION_LIMIT},
	{"host", required_argument, NULL, OPTION_FILTER + FILTER_HOST},
	{"kernel", required_argument, NULL, OPTION_FILTER + FILTER_KERNEL},
	{"cause", required_argument, NULL, OPTION_FILTER + FILTER_CAUSE},
	{"severity", required_argument, NULL, OPTION_FILTER + FILTER_SEVERITY},
	{"signature", required_argument, NULL, OPTION_FILTER + FILTER_SIGNATURE},
	CMD_OPTIONS,
	{0},
};

static const char *const states[] = {"queued", "running",     "done",
				     "failed", "quarantined", "removed"};

static struct err *check_state(const char *state)
{
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (!strcmp(states[i], state))
			return NULL;
	return err_new(ERR_INVALID,
		       "no such state: %s (queued, running, done, failed, "
		       "quarantined, removed)",
		       state);
}

static bool is_pattern(const char *value)
{
	return strpbrk(value, "*?");
}

/* The statement for these filters; parameters are bound in the same order by bind_filters(). */
static void build_query(const struct filters *f, struct str *sql)
{
	str_puts(sql, "SELECT j.dump, d.uid, d.path, d.size, j.state, j.removed_at IS NOT NULL, "
		      "j.crash_time, j.host, j.kernel, j.cause, j.severity, j.confidence, "
		      "j.headline, j.signature, j.layout, j.log_only, j.incomplete, j.note, "
		      "j.companions "
		      "FROM job j JOIN dump d ON d.id = j.dump WHERE 1");
	for (int i = 0; i < FILTER_COUNT; i++)
		if (f->values[i])
			str_printf(
				sql,
				/* "+" keeps a pattern off the column's own index: see job_time */
				is_pattern(f->values[i]) ? " AND +j.%s GLOB ?" : " AND j.%s = ?",
				filter_columns[i]);
	if (f->state && !strcmp(f->state, "removed"))
		str_puts(sql, " AND j.removed_at IS NOT NULL");
	else if (f->state)
		str_puts(sql, " AND j.state = ?");
	if (f->since)
		str_puts(sql, " AND j.crash_time >= ?");
	if (f->until)
		str_puts(sql, " AND j.crash_time < ?");
	str_puts(sql, " ORDER BY j.crash_time DESC, j.dump DESC LIMIT ?");
}

static struct err *bind_filters(const struct filters *f, struct stmt *stmt)
{
	int64_t time;
	int at = 1;

	for (int i = 0; i < FILTER_COUNT; i++)
		if (f->values[i])
			TRY(stmt_bind_text(stmt, at++, f->values[i]));
	if (f->state && strcmp(f->state, "removed"))
		TRY(stmt_bind_text(stmt, at++, f->state));
	if (f->since) {
		TRY(cmd_parse_time(f->since, &time));
		TRY(stmt_bind_int(stmt, at++, time));
	}
	if (f->until) {
		TRY(cmd_parse_time(f->until, &time));
		TRY(stmt_bind_int(stmt, at++, time));
	}
	return stmt_bind_int(stmt, at, f->limit ? (int64_t)f->limit : -1);
}

static json_t *row_json(struct stmt *stmt)
{
	json_t *row = json_object();
	char when[UTC_SIZE];

	utc_format(stmt_int(stmt, 6), when);
	json_put(row, "id", json_integer(stmt_int(stmt, 0)));
	json_put(row, "uid", json_escaped(stmt_text(stmt, 1)));
	json_put(row, "path", json_escaped(stmt_text(stmt, 2)));
	json_put(row, "size", json_integer(stmt_int(stmt, 3)));
	json_put(row, "state", json_escaped(stmt_text(stmt, 4)));
	json_put(row, "file_removed", json_boolean(stmt_int(stmt, 5)));
	json_put(row, "time", json_escaped(when));
	json_put(row, "host", json_escaped(stmt_text(stmt, 7)));
	json_put(row, "kernel", json_escaped(stmt_text(stmt, 8)));
	json_put(row, "cause", json_escaped(stmt_text(stmt, 9)));
	json_put(row, "severity", json_escaped(stmt_text(stmt, 10)));
	json_put(row, "confidence",
		 stmt_is_null(stmt, 11) ? json_null() : json_real(stmt_real(stmt, 11)));
	json_put(row, "headline", json_escaped(stmt_text(stmt, 12)));
	json_put(row, "signature", json_escaped(stmt_text(stmt, 13)));
	json_put(row, "layout", json_escaped(stmt_text(stmt, 14)));
	json_put(row, "log_only", json_boolean(stmt_int(stmt, 15)));
	json_put(row, "incomplete", json_boolean(stmt_int(stmt, 16)));
	json_put(row, "note", json_escaped(stmt_text(stmt, 17)));
	json_put(row, "companions",
		 stmt_is_null(stmt, 18) ? json_null() : json_loads(stmt_text(stmt, 18), 0, NULL));
	return row;
}

static void add_row(struct table *table, struct stmt *stmt)
{
	char id[24], when[UTC_SIZE];
	const char *headline = stmt_text(stmt, 12);

	snprintf(id, sizeof(id), "%" PRId64, stmt_int(stmt, 0));
	utc_format(stmt_int(stmt, 6), when);
	when[10] = ' ';
	when[16] = '\0'; /* minutes do for a list */
	table_add(table, id);
	table_add(table, when);
	table_add(table, stmt_int(stmt, 5) ? "removed" : stmt_text(stmt, 4));
	table_add(table, stmt_text(stmt, 7));
	table_add(table, stmt_text(stmt, 8));
	table_add(table, stmt_text(stmt, 9));
	table_add(table, headline ? headline : stmt_text(stmt, 2));
}

static struct err *list(struct cmd *cmd, const struct filters *filters)
{
	static const char *const headings[] = {"ID",	 "TIME",  "STATE",   "HOST",
					       "KERNEL", "CAUSE", "HEADLINE"};
	_cleanup_(table_deinit) struct table table = {.headings = headings,
						      .columns = ARRAY_SIZE(headings)};
	_json_ json_t *rows = json_array();
	_str_ struct str sql = {0};
	struct stmt *stmt;
	bool row;

	build_query(filters, &sql);
	if (sql.failed)
		return &err_nomem;
	TRY(cmd_open(cmd));
	TRY(db_prepare(store_db(cmd->store), sql.data, &stmt));
	TRY(bind_filters(filters, stmt));
	for (;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			break;
		if (cmd->json)
			json_array_append_new(rows, row_json(stmt));
		else
			add_row(&table, stmt);
	}
	if (cmd->json) {
		json_t *document = json_object();

		json_put(document, "schema", json_string("triage.list/1"));
		json_put(document, "dumps", json_incref(rows));
		cmd_print_json(document);
	} else {
		table_print(&table);
	}
	store_close(take_ptr(cmd->store)); /* before sql, the statement's text, goes */
	return NULL;
}

static struct err *read_filter(struct filters *filters, int option)
{
	switch (option) {
	case OPTION_SINCE:
		filters->since = optarg;
		return NULL;
	case OPTION_UNTIL:
		filters->until = optarg;
		return NULL;
	case OPTION_STATE:
		filters->state = optarg;
		return check_state(optarg);
	case OPTION_LIMIT:
		if (!parse_dec(optarg, strlen(optarg), &filters->limit) ||
		    filters->limit > INT64_MAX)
			return err_new(ERR_INVALID, "not a number: \"%s\"", optarg);
		return NULL;
	default:
		filters->values[option - OPTION_FILTER] = optarg;
		return NULL;
	}
}

static int run(int argc, char **argv)
{
	struct filters filters = {.limit = LIMIT_INITIAL};
	_cmd_ struct cmd cmd = {.verb = &list_verb};
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (!err)
			err = read_filter(&filters, option);
	}
	if (!err && optind < argc)
		err = err_new(ERR_INVALID, "list takes no \"%s\"", argv[optind]);
	if (!err)
		err = list(&cmd, &filters);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb list_verb = {
	.name = "list",
	.synopsis = "list [--since T] [--until T] [--host H] [--kernel K] [--cause C] "
		    "[--severity S] [--signature G] [--state S] [--limit N] [--json]",
	.summary = "dumps and their verdicts, newest first",
	.run = run,
};
