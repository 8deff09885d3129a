/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage wait: until a dump has its verdict. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/control_socket.h"
#include "daemon/loop.h"
#include "rules/db.h"

#define POLL_MS 100
#define SERVER_POLL_MS 500

enum { OPTION_TIMEOUT = 1 };
extern const struct verb wait_verb;

static const struct option options[] = {
	{"timeout", required_argument, NULL, OPTION_TIMEOUT},
	CMD_STORE_OPTIONS,
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

/* --- what the daemon knows that the store does not say ---------------------------------------- */

#define ASK_MS 1000
#define PASSED_OVER_MS 3000 /* a file may have come just now */

struct waiting {
	struct cmd *cmd;
	const char *subject;
	char *path, *real; /* absolute; NULL: it is a number or an uid */
	int64_t asked_ms, passed_over_ms;
	char why[256],
		said[256]; /* it is not there yet, "" for not known; what a person was told */
	bool never;	   /* there will be no verdict */
};

/* The path with the directory's symbolic links followed, but not its own: the spool refuses that. */
static char *real_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	_free_ char *directory = strndup(path, MAX((size_t)(slash - path), (size_t)1));
	_free_ char *real = directory ? realpath(directory, NULL) : NULL;
	char *joined;

	return real && asprintf(&joined, "%s%s", strcmp(real, "/") ? real : "", slash) >= 0 ? joined
											    : NULL;
}

static struct err *take_path(struct waiting *waiting)
{
	_free_ char *here = NULL;

	if (!strchr(waiting->subject, '/'))
		return NULL;
	if (waiting->subject[0] != '/' && !(here = getcwd(NULL, 0)))
		return err_errno(errno, "the directory that \"%s\" lies in", waiting->subject);
	if (asprintf(&waiting->path, "%s%s%s", here ? here : "", here ? "/" : "",
		     waiting->subject) < 0) {
		waiting->path = NULL;
		return &err_nomem;
	}
	waiting->real = real_path(waiting->path);
	return NULL;
}

/* What an answer means: there may be no use in waiting. */
static struct err *judge(struct waiting *waiting, const json_t *answer)
{
	const char *kind = json_string_at(answer, "kind"), *why = json_string_at(answer, "why");
	const char *store = json_string_at(answer, "store");
	const json_t *due = json_at(answer, "due_s");
	bool passed_over = kind && !strcmp(kind, "passed_over");
	_str_ struct str text = {0};

	waiting->passed_over_ms = !passed_over		    ? 0
				  : waiting->passed_over_ms ? waiting->passed_over_ms
							    : loop_now_ms();
	waiting->never = (kind && (!strcmp(kind, "outside") || !strcmp(kind, "refused"))) ||
			 (passed_over && loop_now_ms() - waiting->passed_over_ms > PASSED_OVER_MS);
	if (waiting->never)
		return err_new(ERR_UNSUPPORTED,
			       "%s will get no verdict: %s; triage analyze may read it",
			       waiting->subject, why ? why : "?");
	str_puts(&text, why ? why : "");
	if (json_is_integer(due))
		str_printf(&text, "; looked at again in %lld s, or once it changes",
			   json_integer_value(due));
	if (store)
		str_printf(&text, "%sthe store cannot be used: %s", text.length ? "; " : "", store);
	copy_string(waiting->why, sizeof(waiting->why), text.data ? text.data : "");
	return NULL;
}

/* Now and then: the daemon has other things to do. */
static struct err *ask_daemon(struct waiting *waiting)
{
	_json_ json_t *request = json_object(), *answer = NULL;
	struct err *err;

	if (!waiting->path || (waiting->asked_ms && loop_now_ms() - waiting->asked_ms < ASK_MS))
		return NULL;
	waiting->asked_ms = loop_now_ms();
	json_put(request, "verb", json_string("about"));
	json_put(request, "path", json_string(waiting->path));
	json_put(request, "real", waiting->real ? json_string(waiting->real) : json_null());
	err = control_socket_ask(waiting->cmd->run_dir, request, &answer);
	if (!err)
		return judge(waiting, answer);
	copy_string(waiting->why, sizeof(waiting->why), err->message);
	err_free(err);
	return NULL;
}

/* A person who watches is told what is waited for. */
static void tell(struct waiting *waiting)
{
	_str_ struct str line = {0};

	if (waiting->cmd->json || !isatty(STDERR_FILENO) || !*waiting->why ||
	    !strncmp(waiting->why, waiting->said, strcspn(waiting->why, ";")))
		return;
	copy_string(waiting->said, sizeof(waiting->said), waiting->why);
	str_escape(&line, waiting->why, strlen(waiting->why));
	fprintf(stderr, "waiting: %s\n", line.data ? line.data : "?");
}

/* A job says of itself what it is at. */
static void note_state(struct waiting *waiting, const struct outcome *outcome)
{
	snprintf(waiting->why, sizeof(waiting->why), "%s",
		 !strcmp(outcome->state, "queued")   ? "it is queued"
		 : !strcmp(outcome->state, "failed") ? "the analysis broke off, and is tried again"
						     : "it is being analyzed");
}

/* Once around; *over: there is a verdict, or there will be none. */
static struct err *wait_once(struct waiting *waiting, struct outcome *ret, bool *over)
{
	struct err *err = look(waiting->cmd, waiting->subject, ret);

	*over = !err && is_over(ret);
	if (!err && ret->state)
		note_state(waiting, ret);
	if (!err || *over)
		return err;
	if (!waiting->path || err->code == ERR_INVALID)
		return err;
	/* A server that cannot be reached is not waited for, only what it does not have yet. */
	if (waiting->cmd->server && err->code != ERR_NOT_FOUND)
		return err;
	err_free(err);
	if (!waiting->cmd->server)
		return ask_daemon(waiting);
	copy_string(waiting->why, sizeof(waiting->why), "it has not been forwarded");
	return NULL;
}

/* A path may be waited for before the daemon or its store is there; a number has to be known. */
static struct err *wait_for(struct waiting *waiting, int64_t timeout_s, struct outcome *ret)
{
	const struct timespec pause = {
		.tv_nsec = (waiting->cmd->server ? SERVER_POLL_MS : POLL_MS) * 1000000l};
	int64_t end = loop_now_ms() + timeout_s * 1000;
	bool over;

	TRY(take_path(waiting));
	for (;;) {
		TRY(wait_once(waiting, ret, &over));
		if (over)
			return NULL;
		tell(waiting);
		if (timeout_s && loop_now_ms() > end)
			return err_new(ERR_LIMIT, "no verdict on %s within %lld s%s%s",
				       waiting->subject, (long long)timeout_s,
				       *waiting->why ? ": " : "", waiting->why);
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
	struct waiting waiting = {.cmd = &cmd};
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
	if (!err) {
		waiting.subject = argv[optind];
		err = wait_for(&waiting, timeout, &outcome);
	}
	free(waiting.path);
	free(waiting.real);
	if (err) {
		bool none = err->code == ERR_LIMIT || waiting.never;

		cmd_fail(cmd.json, err);
		return none ? STATUS_NOT_FOUND : STATUS_USAGE;
	}
	print(&cmd, &outcome);
	return strcmp(outcome.state, "done") ? STATUS_NOT_FOUND : STATUS_OK;
}

const struct verb wait_verb = {
	.name = "wait",
	.synopsis = "wait ID|PATH [--timeout T] [--json]" CMD_STORE_SYNOPSIS,
	.options = "  --timeout T        give up after so long: 30, 15min, 36h\n",
	.summary = "wait until a dump has its verdict",
	.any_store = true,
	.run = run,
};
