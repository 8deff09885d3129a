/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage list: dumps and their verdicts, filtered; and verdicts as they come. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/utc.h"
#include "daemon/cli/cmd_common.h"
#include "daemon/cli/list_fields.h"
#include "daemon/cli/list_filters.h"
#include "daemon/cli/pager.h"
#include "daemon/cli/table.h"
#include "daemon/cli/when.h"
#include "daemon/render/render.h"
#include "daemon/store/history.h"

#define LIMIT_INITIAL 50
#define COUNTED_MAX 10000 /* of a bigger store no more are counted */
#define FOLLOW_INITIAL 10
#define FOLLOW_PAUSE_MS 500
#define WATCH_PAUSE_S 2

enum { OPTION_PATH = 1, OPTION_SEEN, OPTION_UTC, OPTION_FIELDS };
extern const struct verb list_verb;

static const struct option options[] = {
	LIST_FILTERS_OPTIONS,
	{"limit", required_argument, NULL, 'n'},
	{"follow", no_argument, NULL, 'f'},
	{"watch", no_argument, NULL, 'w'},
	{"fields", required_argument, NULL, OPTION_FIELDS},
	{"seen", no_argument, NULL, OPTION_SEEN},
	{"path", no_argument, NULL, OPTION_PATH},
	{"utc", no_argument, NULL, OPTION_UTC},
	CMD_OPTIONS,
	{0},
};

struct list {
	struct cmd *cmd;
	struct list_filters filters;
	struct when when;
	uint64_t limit; /* 0: all */
	bool limited, follow, watch, seen, path;
	struct list_fields fields;
	bool chosen; /* those fields, by --fields */
	bool nobody; /* has a value that is asked for */
	struct table table;
	struct table_column columns[TABLE_COLUMNS_MAX];
	json_t *rows; /* with --json: one document's, not while following */
	int64_t count;
};

/* --- a row ------------------------------------------------------------------------------------ */

static json_t *row_json(struct stmt *stmt)
{
	json_t *row = json_object();
	char when[UTC_SIZE];

	utc_format(stmt_int(stmt, ROW_TIME), when);
	json_put(row, "id", json_integer(stmt_int(stmt, ROW_ID)));
	json_put(row, "uid", json_escaped(stmt_text(stmt, ROW_UID)));
	json_put(row, "path", json_escaped(stmt_text(stmt, ROW_PATH)));
	json_put(row, "size", json_integer(stmt_int(stmt, ROW_SIZE)));
	json_put(row, "state", json_escaped(stmt_text(stmt, ROW_STATE)));
	json_put(row, "file_removed", json_boolean(stmt_int(stmt, ROW_REMOVED)));
	json_put(row, "time", json_escaped(when));
	json_put(row, "host", json_escaped(stmt_text(stmt, ROW_HOST)));
	json_put(row, "kernel", json_escaped(stmt_text(stmt, ROW_KERNEL)));
	json_put(row, "cause", json_escaped(stmt_text(stmt, ROW_CAUSE)));
	json_put(row, "severity", json_escaped(stmt_text(stmt, ROW_SEVERITY)));
	json_put(row, "confidence",
		 stmt_is_null(stmt, ROW_CONFIDENCE) ? json_null()
						    : json_real(stmt_real(stmt, ROW_CONFIDENCE)));
	json_put(row, "headline", json_escaped(stmt_text(stmt, ROW_HEADLINE)));
	json_put(row, "signature", json_escaped(stmt_text(stmt, ROW_SIGNATURE)));
	json_put(row, "signature_version",
		 stmt_is_null(stmt, ROW_SIGNATURE_VERSION)
			 ? json_null()
			 : json_integer(stmt_int(stmt, ROW_SIGNATURE_VERSION)));
	json_put(row, "layout", json_escaped(stmt_text(stmt, ROW_LAYOUT)));
	json_put(row, "log_only", json_boolean(stmt_int(stmt, ROW_LOG_ONLY)));
	json_put(row, "incomplete", json_boolean(stmt_int(stmt, ROW_INCOMPLETE)));
	json_put(row, "note", json_escaped(stmt_text(stmt, ROW_NOTE)));
	json_put(row, "companions",
		 stmt_is_null(stmt, ROW_COMPANIONS)
			 ? json_null()
			 : json_loads(stmt_text(stmt, ROW_COMPANIONS), 0, NULL));
	return row;
}

static void print_line(json_t *row)
{
	_free_ char *text = json_dumps(row, JSON_REALS | JSON_COMPACT);

	json_decref(row);
	puts(text ? text : "null");
}

/* A row of the table or of the JSON document; while following, JSON is printed at once. */
static struct err *take_row(struct list *list, struct stmt *stmt)
{
	_history_ struct history history = {0};
	json_t *row;

	list->count++;
	if (list->seen || list_fields_have(&list->fields, LIST_FIELD_seen))
		TRY(history_read(list->cmd->store, stmt_int(stmt, ROW_ID), &history));
	if (!list->cmd->json) {
		list_fields_add(&list->fields, stmt, &list->when, &history, &list->table);
		return NULL;
	}
	row = row_json(stmt);
	if (list->seen)
		json_put(row, "history", history_json(&history));
	if (list->follow)
		print_line(row);
	else
		json_array_append_new(list->rows, row);
	return NULL;
}

/* Append and forget the rows that are there. */
static void put_table(struct list *list, bool heading, struct str *out)
{
	struct render_style style = render_style_for(STDOUT_FILENO);

	table_format(&list->table, style.given ? style.width : 0, heading, style.colour, out);
	if (list->table.failed || out->failed)
		fputs("triage: out of memory: the list is not whole\n", stderr);
	table_next(&list->table);
}

static void print_table(struct list *list, bool heading)
{
	_str_ struct str out = {0};

	put_table(list, heading, &out);
	fputs(out.data ? out.data : "", stdout);
}

/* --- all that there are ----------------------------------------------------------------------- */

static struct err *read_rows(struct list *list, const char *sql)
{
	struct stmt *stmt;
	int at = 1;

	TRY(db_prepare(store_db(list->cmd->store), sql, &stmt));
	TRY(list_filters_bind(&list->filters, stmt, &at));
	TRY(stmt_bind_int(stmt, at, list->limit ? (int64_t)list->limit : -1));
	for (bool row;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		TRY(take_row(list, stmt));
	}
}

/* How many there are, should not all be shown; COUNTED_MAX + 1 for more than that. */
static struct err *count_all(struct list *list, const char *sql, int64_t *ret)
{
	struct stmt *stmt;
	int at = 1;
	bool row;

	*ret = list->count;
	if (!list->limit || list->count < (int64_t)list->limit)
		return NULL;
	TRY(db_prepare(store_db(list->cmd->store), sql, &stmt));
	TRY(list_filters_bind(&list->filters, stmt, &at));
	TRY(stmt_step(stmt, &row));
	*ret = stmt_int(stmt, ROW_ID);
	stmt_reset(stmt);
	return NULL;
}

static void print_list_json(struct list *list, int64_t total)
{
	json_t *document = json_object();

	json_put(document, "schema", json_string("triage.list/1"));
	json_put(document, "dumps", json_incref(list->rows));
	json_put(document, "total", total > COUNTED_MAX ? json_null() : json_integer(total));
	cmd_print_json(document);
}

static void put_list(struct list *list, int64_t total, struct str *out)
{
	put_table(list, true, out);
	if (list->count < total)
		str_printf(out, "%" PRId64 " of %s%" PRId64 "; -n 0 shows all\n", list->count,
			   total > COUNTED_MAX ? "more than " : "", MIN(total, COUNTED_MAX));
}

static void print_list(struct list *list, int64_t total)
{
	_str_ struct str out = {0};

	if (list->cmd->json) {
		print_list_json(list, total);
		return;
	}
	pager_open();
	put_list(list, total, &out);
	fputs(out.data ? out.data : "", stdout);
	if (!list->count)
		fputs("triage: no dump is like that\n", stderr);
}

/* Read the rows, and how many there are. */
static struct err *read_list(struct list *list, int64_t *total)
{
	_str_ struct str sql = {0}, counting = {0};

	str_puts(&sql, "SELECT " LIST_ROW " FROM job j JOIN dump d ON d.id = j.dump WHERE 1");
	list_filters_put(&list->filters, &sql);
	str_puts(&sql, " ORDER BY j.crash_time DESC, j.dump DESC LIMIT ?");
	str_puts(&counting, "SELECT count(*) FROM (SELECT 1 FROM job j WHERE 1");
	list_filters_put(&list->filters, &counting);
	str_printf(&counting, " LIMIT %d)", COUNTED_MAX + 1);
	if (sql.failed || counting.failed)
		return &err_nomem;
	TRY(read_rows(list, sql.data));
	TRY(count_all(list, counting.data, total));
	store_close(take_ptr(list->cmd->store)); /* before the statements' texts go */
	return NULL;
}

static struct err *list_once(struct list *list)
{
	int64_t total = 0;

	TRY(read_list(list, &total));
	print_list(list, total);
	return NULL;
}

/* --- again and again -------------------------------------------------------------------------- */

/* The list as it is now, if it is another than before: on a terminal in its place, else behind it. */
static struct err *watch_once(struct list *list, struct str *before)
{
	_str_ struct str now = {0};
	int64_t total = 0;

	list->when.now = time(NULL);
	list->count = 0;
	TRY(cmd_open(list->cmd));
	TRY(read_list(list, &total));
	put_list(list, total, &now);
	if (now.failed)
		return &err_nomem;
	if (before->data && !strcmp(before->data, now.data))
		return NULL;
	if (isatty(STDOUT_FILENO))
		fputs("\033[H\033[2J", stdout);
	else if (before->data)
		putchar('\n');
	fputs(now.data, stdout);
	str_deinit(before);
	*before = now;
	now = (struct str){0};
	return fflush(stdout) ? err_new(ERR_IO, "standard output is closed") : NULL;
}

/* Until somebody ends it; a store that cannot be read for a while does not, but for the first time. */
static struct err *watch(struct list *list)
{
	const struct timespec pause = {.tv_sec = WATCH_PAUSE_S};
	_str_ struct str shown = {0};

	store_close(take_ptr(list->cmd->store));
	for (;;) {
		struct err *err = watch_once(list, &shown);

		store_close(take_ptr(list->cmd->store));
		if (err && (ferror(stdout) || !shown.data))
			return err;
		err_free(err);
		nanosleep(&pause, NULL);
	}
}

/* --- as they come ----------------------------------------------------------------------------- */

/* The number of the verdict before the last ones that are shown first. */
static struct err *first_followed(struct list *list, int64_t *ret)
{
	_str_ struct str sql = {0};
	struct stmt *stmt;
	int at = 1;
	bool row;

	str_puts(&sql, "SELECT coalesce(min(seq) - 1, (SELECT max(seq) FROM export), 0) FROM "
		       "(SELECT e.seq FROM export e JOIN job j ON j.dump = e.dump WHERE 1");
	list_filters_put(&list->filters, &sql);
	str_puts(&sql, " ORDER BY e.seq DESC LIMIT ?)");
	if (sql.failed)
		return &err_nomem;
	TRY(db_prepare(store_db(list->cmd->store), sql.data, &stmt));
	TRY(list_filters_bind(&list->filters, stmt, &at));
	TRY(stmt_bind_int(stmt, at, list->limit ? (int64_t)list->limit : -1));
	TRY(stmt_step(stmt, &row));
	*ret = stmt_int(stmt, ROW_ID);
	store_close(take_ptr(list->cmd->store));
	return NULL;
}

static struct err *read_news(struct list *list, const char *sql, int64_t *last)
{
	struct stmt *stmt;
	int at = 1;

	TRY(db_prepare(store_db(list->cmd->store), sql, &stmt));
	TRY(list_filters_bind(&list->filters, stmt, &at));
	TRY(stmt_bind_int(stmt, at, *last));
	for (bool row;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		*last = stmt_int(stmt, ROW_END);
		TRY(take_row(list, stmt));
	}
}

/* Opened anew each time: the daemon may put a damaged store aside and begin another one. */
static struct err *follow_once(struct list *list, const char *sql, int64_t *last, bool heading)
{
	int64_t newest = 0;

	TRY(cmd_open(list->cmd));
	TRY(db_number(store_db(list->cmd->store), &newest,
		      "SELECT coalesce(max(seq), 0) FROM export", ""));
	*last = MIN(*last, newest); /* numbers never go back but in another store */
	TRY(read_news(list, sql, last));
	if (!list->cmd->json && (heading || list->table.count))
		print_table(list, heading);
	store_close(take_ptr(list->cmd->store));
	return fflush(stdout) ? err_new(ERR_IO, "standard output is closed") : NULL;
}

/* Until somebody ends it; a store that cannot be read for a while does not. */
static struct err *follow(struct list *list)
{
	const struct timespec pause = {.tv_nsec = FOLLOW_PAUSE_MS * 1000000l};
	_str_ struct str sql = {0};
	int64_t last = 0;

	str_puts(&sql, "SELECT " LIST_ROW ", e.seq FROM export e JOIN job j ON j.dump = e.dump "
		       "JOIN dump d ON d.id = j.dump WHERE 1");
	list_filters_put(&list->filters, &sql);
	str_puts(&sql, " AND e.seq > ? ORDER BY e.seq");
	if (sql.failed)
		return &err_nomem;
	TRY(first_followed(list, &last));
	TRY(follow_once(list, sql.data, &last, true));
	for (;;) {
		nanosleep(&pause, NULL);
		struct err *err = follow_once(list, sql.data, &last, false);

		if (err && ferror(stdout))
			return err;
		err_free(err);
		store_close(take_ptr(list->cmd->store));
	}
}

/* --- options ---------------------------------------------------------------------------------- */

static struct err *read_limit(struct list *list)
{
	if (!parse_dec(optarg, strlen(optarg), &list->limit) || list->limit > INT64_MAX)
		return err_new(ERR_INVALID, "not a number: \"%s\"", optarg);
	list->limited = true;
	return NULL;
}

static struct err *read_option(struct list *list, int option)
{
	if (option == 'n')
		return read_limit(list);
	if (option == OPTION_FIELDS) {
		list->chosen = true;
		return list_fields_parse(&list->fields, optarg);
	}
	if (!list_filters_take(&list->filters, option, optarg)) {
		list->seen |= option == OPTION_SEEN;
		list->path |= option == OPTION_PATH;
		list->when.utc |= option == OPTION_UTC;
		list->follow |= option == 'f';
		list->watch |= option == 'w';
	}
	return NULL;
}

static struct err *choose_columns(struct list *list)
{
	if (list->watch && (list->follow || list->cmd->json))
		return err_new(ERR_INVALID, "--watch goes neither with --follow nor with --json");
	if (list->chosen && (list->seen || list->path || list->cmd->json))
		return err_new(ERR_INVALID,
			       "--fields says all: --seen, --path and --json do not go "
			       "with it");
	if (!list->chosen)
		list_fields_usual(&list->fields, list->seen, list->path);
	list_fields_columns(&list->fields, list->columns);
	list->table.columns = list->columns;
	list->table.column_count = list->fields.count;
	return NULL;
}

static struct err *run_list(struct list *list)
{
	struct err *unknown;

	TRY(list_filters_settle(&list->filters, &list->when));
	if (!list->limited)
		list->limit = list->follow ? FOLLOW_INITIAL : LIMIT_INITIAL;
	TRY(choose_columns(list));
	TRY(cmd_open(list->cmd));
	unknown = list_filters_check(&list->filters, store_db(list->cmd->store));
	/* Who follows waits for what is not here yet. */
	list->nobody = unknown && unknown->code == ERR_NOT_FOUND;
	if (unknown && !(list->nobody && list->follow))
		return unknown;
	err_free(unknown);
	return list->follow ? follow(list) : list->watch ? watch(list) : list_once(list);
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &list_verb};
	_json_ json_t *rows = json_array();
	struct list list = {.cmd = &cmd, .when = {.now = time(NULL)}, .rows = rows};
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (!err)
			err = read_option(&list, option);
	}
	if (!err && optind < argc)
		err = err_new(ERR_INVALID, "list takes no \"%s\"", argv[optind]);
	if (!err)
		err = run_list(&list);
	table_deinit(&list.table);
	if (!err)
		return STATUS_OK;
	cmd_fail(cmd.json, err);
	return list.nobody ? STATUS_NOT_FOUND : STATUS_USAGE;
}

const struct verb list_verb = {
	.name = "list",
	.synopsis = "list " LIST_FILTERS_SYNOPSIS " [-n N] [-f] [-w] [--fields F,…] "
		    "[--seen] [--path] [--utc] [--json]",
	.summary = "dumps and their verdicts, newest first",
	.options = LIST_FILTERS_HELP
	"  -n, --limit N      that many at most (50; 0: all)\n"
	"  -f, --follow       the last verdicts (10), then each new one as it comes\n"
	"  -w, --watch        the list anew whenever it changes, until it is ended\n"
	"  --fields F,…       these columns, in this order: id, time, age, state, host, kernel, "
	"cause,\n"
	"                     severity, confidence, headline, signature, seen, path, uid, size, "
	"layout\n"
	"  --seen             which time it is that this crash was seen\n"
	"  --path             where each dump lies as well, in full\n"
	"  --utc              times in UTC, not in local time; those of T as well\n",
	.run = run,
};
