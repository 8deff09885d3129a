/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of crashes, a line each. */
#include "daemon/cli/group_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "base/utc.h"
#include "daemon/cli/pager.h"
#include "daemon/render/render_style.h"

/* --- cells ------------------------------------------------------------------------------------ */

void group_list_add_number(struct table *table, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	table_add(table, text);
}

void group_list_add_some(struct table *table, int64_t count, const char *one)
{
	if (count > 1)
		group_list_add_number(table, count);
	else
		table_add(table, one);
}

void group_list_add_time(struct table *table, int64_t seconds, const struct when *when)
{
	char text[WHEN_SIZE];

	when_minutes(seconds, when, text);
	table_add(table, text);
}

void group_list_put_time(json_t *row, const char *key, int64_t seconds)
{
	char text[UTC_SIZE];

	json_put(row, key, utc_format(seconds, text) ? json_string(text) : json_null());
}

/* --- all of them ------------------------------------------------------------------------------ */

struct group_list {
	const struct group_view *view;
	const struct when *when;
	struct table table;
	json_t *rows; /* NULL: a table is wanted */
	uint64_t count;
};

static void take(void *context, const struct group *group)
{
	struct group_list *list = context;

	list->count++;
	if (list->rows)
		json_array_append_new(list->rows, list->view->json(group));
	else
		list->view->add(&list->table, group, list->when);
}

static void print_table(const struct group_list *list, uint64_t limit)
{
	_str_ struct str out = {0};
	struct render_style style;

	pager_open();
	style = render_style_for(STDOUT_FILENO);
	table_format(&list->table, style.given ? style.width : 0, true, style.colour, &out);
	fputs(out.data ? out.data : "", stdout);
	if (list->table.failed || out.failed)
		fputs("triage: out of memory: the list is not whole\n", stderr);
	if (!list->count)
		fprintf(stderr, "triage: %s\n", list->view->none);
	else if (list->count == limit)
		printf("no more than %" PRIu64 " are shown; -n 0 shows all\n", limit);
}

static void print_json(const struct group_list *list)
{
	json_t *document = json_object();

	json_put(document, "schema", json_string(list->view->schema));
	if (!strcmp(list->view->key, "groups"))
		json_put(document, "by", json_string(group_by_name(list->view->by)));
	json_put(document, list->view->key, json_incref(list->rows));
	cmd_print_json(document);
}

struct err *group_list_show(struct cmd *cmd, const struct group_view *view,
			    const struct list_filters *filters, const struct when *when,
			    uint64_t limit)
{
	_json_ json_t *rows = cmd->json ? json_array() : NULL;
	struct group_list list = {
		.view = view,
		.when = when,
		.table = {.columns = view->columns, .column_count = view->column_count},
		.rows = rows};
	struct err *err = groups_read(store_db(cmd->store), view->by, filters, limit, take, &list);

	if (!err && rows)
		print_json(&list);
	else if (!err)
		print_table(&list, limit);
	table_deinit(&list.table);
	return err;
}

/* --- a verb ----------------------------------------------------------------------------------- */

enum { OPTION_UTC = 1 };
static const struct option options[] = {
	LIST_FILTERS_OPTIONS,
	{"limit", required_argument, NULL, 'n'},
	{"utc", no_argument, NULL, OPTION_UTC},
	CMD_STORE_OPTIONS,
	{0},
};

struct question {
	struct cmd cmd;
	struct list_filters filters;
	struct when when;
	uint64_t limit;
	bool nobody; /* has a value that is asked for */
};

static struct err *read_option(struct question *question, int option)
{
	if (option == OPTION_UTC)
		question->when.utc = true;
	if (list_filters_take(&question->filters, option, optarg) || option != 'n')
		return NULL;
	if (!parse_dec(optarg, strlen(optarg), &question->limit) || question->limit > INT64_MAX)
		return err_new(ERR_INVALID, "not a number: \"%s\"", optarg);
	return NULL;
}

static struct err *answer(struct question *question, const struct group_view *view)
{
	struct err *unknown;

	TRY(list_filters_settle(&question->filters, &question->when));
	TRY(cmd_open(&question->cmd));
	unknown = list_filters_check(&question->filters, store_db(question->cmd.store));
	question->nobody = unknown && unknown->code == ERR_NOT_FOUND;
	TRY(unknown);
	return group_list_show(&question->cmd, view, &question->filters, &question->when,
			       question->limit);
}

static void question_deinit(struct question *question)
{
	cmd_deinit(&question->cmd);
}

int group_list_run(const struct verb *verb, const struct group_view *view, int argc, char **argv)
{
	_cleanup_(question_deinit) struct question question = {
		.cmd = {.verb = verb}, .when = {.now = time(NULL)}, .limit = GROUP_LIST_INITIAL};
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&question.cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (!err)
			err = read_option(&question, option);
	}
	if (!err && optind < argc)
		err = err_new(ERR_INVALID, "%s takes no \"%s\"", verb->name, argv[optind]);
	if (!err)
		err = answer(&question, view);
	if (!err)
		return STATUS_OK;
	cmd_fail(question.cmd.json, err);
	return question.nobody ? STATUS_NOT_FOUND : STATUS_USAGE;
}
