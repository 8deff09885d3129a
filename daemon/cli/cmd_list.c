/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage list: dumps and their verdicts, filtered; and verdicts as they come. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"
#include "base/utc.h"
#include "daemon/cli/cmd_common.h"
#include "daemon/cli/list_filters.h"
#include "daemon/cli/table.h"
#include "daemon/cli/when.h"
#include "daemon/render/render.h"
#include "daemon/store/history.h"

#define LIMIT_INITIAL 50
#define COUNTED_MAX 10000 /* of a bigger store no more are counted */
#define FOLLOW_INITIAL 10
#define FOLLOW_PAUSE_MS 500

enum { OPTION_PATH = 1, OPTION_SEEN, OPTION_UTC };
extern const struct verb list_verb;

static const struct option options[] = {
	LIST_FILTERS_OPTIONS,
	{"limit", required_argument, NULL, 'n'},
	{"follow", no_argument, NULL, 'f'},
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
	bool limited, follow, seen, path;
	bool nobody; /* has a value that is asked for */
	struct table table;
	struct table_column columns[TABLE_COLUMNS_MAX];
	json_t *rows; /* with --json: one document's, not while following */
	int64_t count;
};

/* --- a row ------------------------------------------------------------------------------------ */

#define ROW                                                                                        \
	"j.dump, d.uid, d.path, d.size, j.state, j.removed_at IS NOT NULL, j.crash_time, j.host, " \
	"j.kernel, j.cause, j.severity, j.confidence, j.headline, j.signature, j.layout, "         \
	"j.log_only, j.incomplete, j.note, j.companions"
enum { ROW_SEQ = 19 }; /* while following, behind those */

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

/* What gives way first on a narrow terminal: triage(1) tells of this order. */
static const struct table_column columns[] = {
	{.heading = "ID"},
	{.heading = "TIME", .rank = 1},
	{.heading = "STATE", .rank = 2},
	{.heading = "HOST", .rank = 4},
	{.heading = "KERNEL", .rank = 5},
	{.heading = "CAUSE", .rank = 3},
	{.heading = "HEADLINE", .rest = true},
};
static const struct table_column seen_column = {.heading = "SEEN"};
static const struct table_column path_column = {.heading = "PATH", .whole = true};

static void choose_columns(struct list *list)
{
	size_t count = ARRAY_SIZE(columns);

	memcpy(list->columns, columns, sizeof(columns));
	if (list->seen)
		list->columns[count++] = seen_column;
	if (list->path)
		list->columns[count++] = path_column;
	list->table.columns = list->columns;
	list->table.column_count = count;
}

/* Which time it is that its signature was seen; NULL without one. */
static void add_seen(struct table *table, const struct history *history)
{
	_str_ struct str text = {0};

	if (history->number)
		history_put_ordinal(history->number, &text);
	table_add(table, text.data);
}

static void add_row(struct list *list, struct stmt *stmt, const struct history *history)
{
	const char *headline = stmt_text(stmt, 12), *path = stmt_text(stmt, 2);
	struct table *table = &list->table;
	char id[24], when[WHEN_SIZE];

	snprintf(id, sizeof(id), "%" PRId64, stmt_int(stmt, 0));
	when_minutes(stmt_int(stmt, 6), &list->when, when);
	table_add(table, id);
	table_add(table, when);
	table_add(table, stmt_int(stmt, 5) ? "removed" : stmt_text(stmt, 4));
	table_add(table, stmt_text(stmt, 7));
	table_add(table, stmt_text(stmt, 8));
	table_add(table, stmt_text(stmt, 9));
	table_add(table, headline || list->path ? headline : path);
	if (list->seen)
		add_seen(table, history);
	if (list->path)
		table_add(table, path);
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
	if (list->seen)
		TRY(history_read(list->cmd->store, stmt_int(stmt, 0), &history));
	if (!list->cmd->json) {
		add_row(list, stmt, &history);
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

/* Print and forget the rows that are there. */
static void print_table(struct list *list, bool heading)
{
	struct render_style style = render_style_for(STDOUT_FILENO);
	_str_ struct str out = {0};

	table_format(&list->table, style.given ? style.width : 0, heading, style.colour, &out);
	fputs(out.data ? out.data : "", stdout);
	if (list->table.failed || out.failed)
		fputs("triage: out of memory: the list is not whole\n", stderr);
	table_next(&list->table);
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
	*ret = stmt_int(stmt, 0);
	stmt_reset(stmt);
	return NULL;
}

static void print_list(struct list *list, int64_t total)
{
	json_t *document;

	if (list->cmd->json) {
		document = json_object();
		json_put(document, "schema", json_string("triage.list/1"));
		json_put(document, "dumps", json_incref(list->rows));
		json_put(document, "total",
			 total > COUNTED_MAX ? json_null() : json_integer(total));
		cmd_print_json(document);
		return;
	}
	print_table(list, true);
	if (!list->count)
		fputs("triage: no dump is like that\n", stderr);
	if (list->count < total)
		printf("%" PRId64 " of %s%" PRId64 "; -n 0 shows all\n", list->count,
		       total > COUNTED_MAX ? "more than " : "", MIN(total, COUNTED_MAX));
}

static struct err *list_once(struct list *list)
{
	_str_ struct str sql = {0}, counting = {0};
	int64_t total = 0;

	str_puts(&sql, "SELECT " ROW " FROM job j JOIN dump d ON d.id = j.dump WHERE 1");
	list_filters_put(&list->filters, &sql);
	str_puts(&sql, " ORDER BY j.crash_time DESC, j.dump DESC LIMIT ?");
	str_puts(&counting, "SELECT count(*) FROM (SELECT 1 FROM job j WHERE 1");
	list_filters_put(&list->filters, &counting);
	str_printf(&counting, " LIMIT %d)", COUNTED_MAX + 1);
	if (sql.failed || counting.failed)
		return &err_nomem;
	TRY(read_rows(list, sql.data));
	TRY(count_all(list, counting.data, &total));
	print_list(list, total);
	store_close(take_ptr(list->cmd->store)); /* before the statements' texts go */
	return NULL;
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
	*ret = stmt_int(stmt, 0);
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
		*last = stmt_int(stmt, ROW_SEQ);
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

	str_puts(&sql, "SELECT " ROW ", e.seq FROM export e JOIN job j ON j.dump = e.dump "
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
	if (!list_filters_take(&list->filters, option, optarg)) {
		list->seen |= option == OPTION_SEEN;
		list->path |= option == OPTION_PATH;
		list->when.utc |= option == OPTION_UTC;
		list->follow |= option == 'f';
	}
	return NULL;
}

static struct err *run_list(struct list *list)
{
	struct err *unknown;

	TRY(list_filters_settle(&list->filters, &list->when));
	if (!list->limited)
		list->limit = list->follow ? FOLLOW_INITIAL : LIMIT_INITIAL;
	choose_columns(list);
	TRY(cmd_open(list->cmd));
	unknown = list_filters_check(&list->filters, store_db(list->cmd->store));
	/* Who follows waits for what is not here yet. */
	list->nobody = unknown && unknown->code == ERR_NOT_FOUND;
	if (unknown && !(list->nobody && list->follow))
		return unknown;
	err_free(unknown);
	return list->follow ? follow(list) : list_once(list);
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
	.synopsis = "list " LIST_FILTERS_SYNOPSIS " [-n N] [-f] [--seen] [--path] [--utc] [--json]",
	.summary = "dumps and their verdicts, newest first",
	.options = LIST_FILTERS_HELP
	"  -n, --limit N      that many at most (50; 0: all)\n"
	"  -f, --follow       the last verdicts (10), then each new one as it comes\n"
	"  --seen             which time it is that this crash was seen\n"
	"  --path             where each dump lies as well, in full\n"
	"  --utc              times in UTC, not in local time; those of T as well\n",
	.run = run,
};
