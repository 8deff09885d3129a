/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * triage export: verdicts in the order in which they were stored, each with the cursor behind it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"
#include "daemon/cli/cmd_common.h"
#include "daemon/store/alert.h"
#include "daemon/store/export.h"
#include "daemon/store/report.h"

enum { OPTION_SINCE = 1, OPTION_FORMAT, OPTION_LIMIT, OPTION_ALERTS };
extern const struct verb export_verb;

static const struct option options[] = {
	{"since", required_argument, NULL, OPTION_SINCE},
	{"format", required_argument, NULL, OPTION_FORMAT},
	{"limit", required_argument, NULL, OPTION_LIMIT},
	{"follow", no_argument, NULL, 'f'},
	{"alerts", no_argument, NULL, OPTION_ALERTS},
	CMD_STORE_OPTIONS,
	{0},
};

/* A cursor is EPOCH-NUMBER: with another epoch the number is one of another database. */
static struct err *read_cursor(const char *cursor, const char *epoch, int64_t *ret)
{
	size_t length = strlen(epoch);
	uint64_t number;

	if (strcspn(cursor, "-") != length || !cursor[length] ||
	    !parse_dec(cursor + length + 1, strlen(cursor + length + 1), &number) ||
	    number > INT64_MAX)
		return err_new(ERR_INVALID,
			       "not a cursor: \"%s\" (the first time, leave --since out)", cursor);
	if (strncmp(cursor, epoch, length))
		return err_new(ERR_NOT_FOUND,
			       "cursor %s is of another database than this one (%s): start over "
			       "without --since",
			       cursor, epoch);
	*ret = number;
	return NULL;
}

/* A line, with what it is about under its key; takes that over. */
static struct err *print_line(const char *epoch, int64_t number, int64_t id, const char *state,
			      const char *key, json_t *what)
{
	_json_ json_t *line = json_object();
	_free_ char *cursor = NULL, *text = NULL;

	if (asprintf(&cursor, "%s-%" PRId64, epoch, number) < 0) {
		json_decref(what);
		return &err_nomem;
	}
	json_put(line, "cursor", json_string(cursor));
	json_object_set_new(line, "id", json_integer(id));
	json_object_set_new(line, "state", json_escaped(state));
	json_put(line, key, what);
	text = report_format(line, false);
	if (!text)
		return &err_nomem;
	puts(text);
	return NULL;
}

/* One verdict, behind the number of the last one. */
static struct err *print_next(struct store *store, const char *epoch, int64_t *number, bool *found)
{
	_export_item_ struct export_item item = {0};

	TRY(export_next(store, *number, &item, found));
	if (!*found)
		return NULL;
	*number = item.number;
	return print_line(epoch, item.number, item.dump, item.state, "report",
			  take_ptr(item.report));
}

/* The same of an alert. */
static struct err *print_alert(struct store *store, const char *epoch, int64_t *number, bool *found)
{
	_json_ json_t *alert = NULL;

	TRY(alert_next(store, number, &alert));
	*found = alert;
	if (!alert)
		return NULL;
	return print_line(epoch, *number, json_integer_at(alert, "id"),
			  json_string_at(alert, "state"), "alert", json_incref(alert));
}

/* What a caller asked for, and how far it has been told. */
struct export
{
	struct cmd *cmd;
	const char *since;
	uint64_t limit; /* 0: none */
	bool follow, alerts;
	uint64_t count;
	char *epoch; /* of the store that was read first */
	int64_t number;
};

/* The store must be the one that was begun with: numbers of another one say nothing. */
static struct err *open_same(struct export *export)
{
	_free_ char *epoch = NULL;

	TRY(cmd_open(export->cmd));
	TRY((export->alerts ? alert_epoch : export_epoch)(export->cmd->store, &epoch));
	if (!export->epoch) {
		export->epoch = take_ptr(epoch);
		return export->since ? read_cursor(export->since, export->epoch, &export->number)
				     : NULL;
	}
	if (strcmp(epoch, export->epoch))
		return err_new(ERR_NOT_FOUND,
			       "the database was begun anew (%s, not %s): start over without "
			       "--since",
			       epoch, export->epoch);
	return NULL;
}

static bool is_over(const struct export *export)
{
	return export->limit && export->count >= export->limit;
}

static struct err *print_one(struct export *export, bool *found)
{
	struct store *store = export->cmd->store;

	if (export->alerts)
		return print_alert(store, export->epoch, &export->number, found);
	return print_next(store, export->epoch, &export->number, found);
}

static struct err *export_once(struct export *export)
{
	bool found = true;

	TRY(open_same(export));
	while (found && !is_over(export)) {
		TRY(print_one(export, &found));
		export->count += found;
	}
	return fflush(stdout) ? err_new(ERR_IO, "standard output is closed") : NULL;
}

/* A store that is away is waited for. */
static struct err *export_all(struct export *export)
{
	struct err *err = export_once(export);
	struct follow pace = {0};

	while (export->follow && !is_over(export)) {
		if (err && (err->code != ERR_IO || ferror(stdout) || !export->epoch))
			return err;
		bool failed = err;

		err_free(err);
		cmd_follow_wait(export->cmd, &pace, failed);
		err = export_once(export);
	}
	return err;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &export_verb,
				.json = true}; /* whatever it prints is JSON, errors too */
	struct export export = {.cmd = &cmd};
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (option == OPTION_SINCE)
			export.since = optarg;
		else if (option == 'f')
			export.follow = true;
		else if (option == OPTION_ALERTS)
			export.alerts = true;
		else if (option == OPTION_FORMAT && strcmp(optarg, "ndjson") && !err)
			err = err_new(ERR_INVALID, "no such format: %s (ndjson)", optarg);
		else if (option == OPTION_LIMIT &&
			 !parse_dec(optarg, strlen(optarg), &export.limit) && !err)
			err = err_new(ERR_INVALID, "not a number: \"%s\"", optarg);
	}
	if (!err && optind < argc)
		err = err_new(ERR_INVALID, "export takes no \"%s\"", argv[optind]);
	if (!err)
		err = export_all(&export);
	free(export.epoch);
	return err ? cmd_fail(true, err) : STATUS_OK;
}

const struct verb export_verb = {
	.name = "export",
	.synopsis = "export [--since CURSOR] [--limit N] [--follow] [--alerts] [--format "
		    "ndjson]" CMD_STORE_SYNOPSIS,
	.options = "  --since CURSOR     those behind this one, which the last line gave\n"
		   "  --limit N          that many at most\n"
		   "  -f, --follow       then each new one as it comes, without end\n"
		   "  --alerts           alerts of triage fleet watch instead: with --store alone\n"
		   "  --format ndjson    the only one there is\n",
	.summary = "verdicts as JSON lines, in the order they came, for other systems to poll",
	.any_store = true,
	.run = run,
};
