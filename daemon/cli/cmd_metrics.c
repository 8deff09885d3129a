/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage metrics: the daemon and its store as numbers, as Prometheus reads them. */
#include <stdio.h>
#include <time.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/control_socket.h"
#include "daemon/store/metrics.h"

extern const struct verb metrics_verb;

static const struct option options[] = {CMD_OPTIONS, {0}};

/* A daemon that is not there is one of the things to be told; so is a store that is. */
static struct err *print_metrics(struct cmd *cmd)
{
	_json_ json_t *request = json_object(), *status = NULL;
	_str_ struct str out = {0};

	json_put(request, "verb", json_string("status"));
	if (!err_ok(control_socket_ask(cmd->run_dir, request, &status)))
		status = NULL;
	TRY(cmd_open(cmd));
	TRY(metrics_put(status, store_db(cmd->store), time(NULL), &out));
	fputs(out.data, stdout);
	return NULL;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &metrics_verb};
	struct err *err = NULL;

	if (cmd_option(&cmd, argc, argv, options) == '?')
		return STATUS_USAGE;
	if (optind < argc)
		err = err_new(ERR_INVALID, "metrics takes no \"%s\"", argv[optind]);
	if (!err)
		err = print_metrics(&cmd);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb metrics_verb = {
	.name = "metrics",
	.synopsis = "metrics",
	.summary = "queue, verdicts, failures and the last crash as numbers, for Prometheus",
	.run = run,
};
