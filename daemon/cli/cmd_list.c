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
#include "daemon/cli/list_groups.h"
#include "daemon/cli/pager.h"
#include "daemon/cli/table.h"
#include "daemon/cli/when.h"
#include "daemon/render/render.h"
#include "daemon/store/history.h"

#define LIMIT_INITIAL 50
#define COUNTED_MAX 10000 /* of a bigger store no more are counted */
#define PAGE_ROWS 500
#define FOLLOW_INITIAL 10
#define WATCH_PAUSE_MS 2000

enum { OPTION_PATH = 1, OPTION_SEEN, OPTION_UTC, OPTION_FIELDS, OPTION_GROUP_BY };
extern const struct verb list_verb;

static const struct option options[] = {
	LIST_FILTERS_OPTIONS,
	{"limit", required_argument, NULL, 'n'},
	{"follow", no_argument, NULL, 'f'},
	{"watch", no_argument, NULL, 'w'},
	{"fields", required_argument, NULL, OPTION_FIELDS},
	{"group-by", required_argument, NULL, OPTION_GROUP_BY},
	{"seen", no_argument, NULL, OPTION_SEEN},
	{"path", no_argument, NULL, OPTION_PATH},
	{"utc", no_argument, NULL, OPTION_UTC},
	CMD_STORE_OPTIONS,
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
	bool grouped;
	enum group_by by;
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
	_free_ char *text = json_dumps(row, JSON_REALS | JSON_PRINTABLE | JSON_COMPACT);

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

/* The row behind which a page begins. */
struct place {
	int64_t crash_s, dump;
};

/* A page of rows: an answer is held in memory, and a million of them must not be. */
static struct err *read_page(struct list *list, const char *sql, int64_t limit, struct place *last,
			     int64_t *count)
{
	struct db *db = store_db(list->cmd->store);
	struct stmt *stmt;
	int at = 1;

	TRY(db_prepare(db, sql, &stmt));
	TRY(list_filters_bind(&list->filters, db_dialect(db), &at, stmt));
	TRY(stmt_bind_int(stmt, at, last->crash_s));
	TRY(stmt_bind_int(stmt, at + 1, last->dump));
	TRY(stmt_bind_int(stmt, at + 2, limit));
	for (bool row;; ++*count) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		*last = (struct place){stmt_int(stmt, ROW_TIME), stmt_int(stmt, ROW_ID)};
		TRY(take_row(list, stmt));
	}
}

static struct err *read_rows(struct list *list, const char *sql)
{
	struct place last = {INT64_MAX, INT64_MAX};
	int64_t left = list->limit ? (int64_t)list->limit : INT64_MAX, count, page;

	for (; left; left -= count) {
		count = 0;
		page = MIN(left, (int64_t)PAGE_ROWS);
		TRY(read_page(list, sql, page, &last, &count));
		if (count < page)
			return NULL;
	}
	return NULL;
}

/* How many there are, should not all be shown; COUNTED_MAX + 1 for more than that. */
static struct err *count_all(struct list *list, const char *sql, int64_t *ret)
{
	struct db *db = store_db(list->cmd->store);
	struct stmt *stmt;
	int at = 1;
	bool row;

	*ret = list->count;
	if (!list->limit || list->count < (int64_t)list->limit)
		return NULL;
	TRY(db_prepare(db, sql, &stmt));
	TRY(list_filters_bind(&list->filters, db_dialect(db), &at, stmt));
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
	struct db *db = store_db(list->cmd->store);
	int at = 1, counting_at = 1;

	str_printf(&sql, "SELECT " LIST_ROW "%s FROM job j JOIN dump d ON d.id = j.dump WHERE true",
		   list->cmd->json ? LIST_ROW_MORE : LIST_ROW_LESS);
	list_filters_put(&list->filters, db_dialect(db), &at, &sql);
	str_printf(&sql, " AND (j.crash_time, j.dump) < (?%d, ?%d)", at, at + 1);
	str_printf(&sql, " ORDER BY j.crash_time DESC, j.dump DESC LIMIT ?%d", at + 2);
	str_puts(&counting, "SELECT count(*) FROM (SELECT 1 FROM job j WHERE true");
	list_filters_put(&list->filters, db_dialect(db), &counting_at, &counting);
	str_printf(&counting, " LIMIT %d) AS counted", COUNTED_MAX + 1);
	if (sql.failed || counting.failed)
		return &err_nomem;
	TRY(db_begin_reading(db));
	TRY(read_rows(list, sql.data));
	TRY(count_all(list, counting.data, total));
	TRY(db_commit(db));
	if (!list->cmd->server) /* before the statements' texts go */
		store_close(take_ptr(list->cmd->store));
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
	struct follow pace = {.pause_ms = WATCH_PAUSE_MS};
	_str_ struct str shown = {0};

	for (bool failed = false;;) {
		struct err *err = watch_once(list, &shown);

		if (err && (ferror(stdout) || !shown.data))
			return err;
		failed = err;
		err_free(err);
		cmd_follow_wait(list->cmd, &pace, failed);
	}
}

/* --- as they come ----------------------------------------------------------------------------- */

/* The number of the verdict before the last ones that are shown first. */
static struct err *first_followed(struct list *list, int64_t *ret)
{
	struct db *db = store_db(list->cmd->store);
	_str_ struct str sql = {0};
	struct stmt *stmt;
	int at = 1;
	bool row;

	str_puts(&sql, "SELECT coalesce(min(seq) - 1, (SELECT max(seq) FROM export), 0) FROM "
		       "(SELECT e.seq FROM export e JOIN job j ON j.dump = e.dump WHERE true");
	list_filters_put(&list->filters, db_dialect(db), &at, &sql);
	str_printf(&sql, " ORDER BY e.seq DESC LIMIT ?%d) AS newest", at);
	if (sql.failed)
		return &err_nomem;
	at = 1;
	TRY(db_prepare(db, sql.data, &stmt));
	TRY(list_filters_bind(&list->filters, db_dialect(db), &at, stmt));
	TRY(stmt_bind_int(stmt, at, list->limit ? (int64_t)list->limit : INT64_MAX));
	TRY(stmt_step(stmt, &row));
	*ret = stmt_int(stmt, ROW_ID);
	stmt_forget(stmt); /* its text goes */
	return NULL;
}

/* Pages as well: who has been away for long finds many. */
static struct err *read_news(struct list *list, const char *sql, int64_t *last)
{
	struct db *db = store_db(list->cmd->store);
	struct stmt *stmt;
	int64_t count;

	do {
		int at = 1;

		count = 0;
		TRY(db_prepare(db, sql, &stmt));
		TRY(list_filters_bind(&list->filters, db_dialect(db), &at, stmt));
		TRY(stmt_bind_int(stmt, at, *last));
		for (bool row;; count++) {
			TRY(stmt_step(stmt, &row));
			if (!row)
				break;
			*last = stmt_int(stmt, ROW_END);
			TRY(take_row(list, stmt));
		}
	} while (count == PAGE_ROWS);
	return NULL;
}

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
	return fflush(stdout) ? err_new(ERR_IO, "standard output is closed") : NULL;
}

/* Until somebody ends it; a store that cannot be read for a while does not. */
static struct err *follow(struct list *list)
{
	struct follow pace = {0};
	enum db_dialect dialect = db_dialect(store_db(list->cmd->store));
	_str_ struct str sql = {0};
	int64_t last = 0;
	int at = 1;

	str_printf(&sql,
		   "SELECT " LIST_ROW "%s, e.seq FROM export e JOIN job j ON j.dump = e.dump "
		   "JOIN dump d ON d.id = j.dump WHERE true",
		   list->cmd->json ? LIST_ROW_MORE : LIST_ROW_LESS);
	list_filters_put(&list->filters, dialect, &at, &sql);
	str_printf(&sql, " AND e.seq > ?%d ORDER BY e.seq LIMIT %d", at, PAGE_ROWS);
	if (sql.failed)
		return &err_nomem;
	TRY(first_followed(list, &last));
	TRY(follow_once(list, sql.data, &last, true));
	for (bool failed = false;;) {
		cmd_follow_wait(list->cmd, &pace, failed);
		struct err *err = follow_once(list, sql.data, &last, false);

		if (err && ferror(stdout))
			return err;
		failed = err;
		err_free(err);
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

static struct err *read_group_by(struct list *list)
{
	list->grouped = true;
	return group_by_parse(optarg, &list->by)
		       ? NULL
		       : err_new(ERR_INVALID,
				 "no grouping by \"%s\" (signature, kernel, host, hardware, cause)",
				 optarg);
}

static struct err *read_option(struct list *list, int option)
{
	if (option == 'n')
		return read_limit(list);
	if (option == OPTION_FIELDS) {
		list->chosen = true;
		return list_fields_parse(&list->fields, optarg);
	}
	if (option == OPTION_GROUP_BY)
		return read_group_by(list);
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

static struct err *check_grouping(const struct list *list)
{
	if (list->grouped &&
	    (list->follow || list->watch || list->seen || list->path || list->chosen))
		return err_new(ERR_INVALID, "--group-by goes with none of --follow, --watch, "
					    "--seen, --path and --fields");
	return NULL;
}

static struct err *run_list(struct list *list)
{
	struct err *unknown;

	TRY(check_grouping(list));
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
	if (list->grouped)
		return list_groups_show(list->cmd, list->by, &list->filters, &list->when,
					list->limit);
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
		    "[--seen] [--path] [--group-by WHAT] [--utc] [--json]" CMD_STORE_SYNOPSIS,
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
	"  --group-by WHAT    what crashes have in common, a line each: signature, kernel,\n"
	"                     host, hardware or cause\n"
	"  --path             where each dump lies as well, in full\n"
	"  --utc              times in UTC, not in local time; those of T as well\n",
	.any_store = true,
	.run = run,
};
