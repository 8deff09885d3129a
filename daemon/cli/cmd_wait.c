/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage wait: until a dump has its verdict. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/loop.h"
#include "rules/db.h"

#define POLL_MS 100

enum { OPTION_TIMEOUT = 1 };
extern const struct verb wait_verb;

static const struct option options[] = {
	{"timeout", required_argument, NULL, OPTION_TIMEOUT},
	CMD_OPTIONS,
	{0},
};

struct outcome {
	int64_t dump;
	char *state, *headline, *cause;
};

static void outcome_deinit(struct outcome *outcome)
{
	free(outcome->state);
	free(outcome->headline);
	free(outcome->cause);
	*outcome = (struct outcome){0};
}

static struct err *look(struct cmd *cmd, const char *subject, struct outcome *ret)
{
	struct stmt *stmt;
	bool row;

	outcome_deinit(ret);
	if (!cmd->store)
		TRY(cmd_open(cmd));
	TRY(cmd_find_dump(cmd, subject, true, &ret->dump));
	TRY(db_query(store_db(cmd->store), &stmt,
		     "SELECT state, headline, cause FROM job WHERE dump = ?", "i", ret->dump));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return err_new(ERR_NOT_FOUND, "dump %lld is not the daemon's",
			       (long long)ret->dump);
	TRY(stmt_column_dup(stmt, 0, &ret->state));
	TRY(stmt_column_dup(stmt, 1, &ret->headline));
	TRY(stmt_column_dup(stmt, 2, &ret->cause));
	stmt_reset(stmt);
	return NULL;
}

/* A failed analysis is tried again by itself: its end is worth waiting for. */
static bool is_over(const struct outcome *outcome)
{
	return outcome->state &&
	       (!strcmp(outcome->state, "done") || !strcmp(outcome->state, "quarantined") ||
		!strcmp(outcome->state, "removed"));
}

/* A path may be waited for before the daemon or its store is there; a number has to be known. */
static struct err *wait_for(struct cmd *cmd, const char *subject, int64_t timeout_s,
			    struct outcome *ret)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000l};
	int64_t end = loop_now_ms() + timeout_s * 1000;

	for (;;) {
		struct err *err = look(cmd, subject, ret);

		if (!err && is_over(ret))
			return NULL;
		if (err && (!strchr(subject, '/') || err->code == ERR_INVALID))
			return err;
		err_free(err);
		if (timeout_s && loop_now_ms() > end)
			return err_new(ERR_LIMIT, "no verdict on %s within %lld s", subject,
				       (long long)timeout_s);
		nanosleep(&pause, NULL);
	}
}

static void print(const struct cmd *cmd, const struct outcome *outcome)
{
	json_t *object = json_object();

	if (cmd->json) {
		json_put(object, "id", json_integer(outcome->dump));
		json_put(object, "state", json_escaped(outcome->state));
		json_put(object, "cause", json_escaped(outcome->cause));
		json_put(object, "headline", json_escaped(outcome->headline));
		cmd_print_json(object);
		return;
	}
	json_decref(object);
	_str_ struct str line = {0};
	const char *headline = outcome->headline ? outcome->headline : "no verdict";

	str_escape(&line, headline, strlen(headline));
	printf("%lld  %s  %s\n", (long long)outcome->dump, outcome->state,
	       line.data ? line.data : "");
}

static int run(int argc, char **argv)
{
	_cleanup_(outcome_deinit) struct outcome outcome = {0};
	_cmd_ struct cmd cmd = {.verb = &wait_verb};
	int64_t timeout = 0;
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (!err)
			err = cmd_parse_duration(optarg, &timeout);
	}
	if (!err && optind + 1 != argc)
		err = err_new(ERR_INVALID, "wait takes one ID or PATH");
	if (!err)
		err = wait_for(&cmd, argv[optind], timeout, &outcome);
	if (err) {
		bool late = err->code == ERR_LIMIT;

		cmd_fail(cmd.json, err);
		return late ? STATUS_NOT_FOUND : STATUS_USAGE;
	}
	print(&cmd, &outcome);
	return strcmp(outcome.state, "done") ? STATUS_NOT_FOUND : STATUS_OK;
}

const struct verb wait_verb = {
	.name = "wait",
	.synopsis = "wait ID|PATH [--timeout T] [--json]",
	.options = "  --timeout T        give up after so long: 30, 15min, 36h\n",
	.summary = "wait until a dump has its verdict",
	.run = run,
};
