/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage deliver: each verdict to a site's own command. */
#include <stdio.h>
#include <string.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/config.h"
#include "daemon/daemon.h"
#include "daemon/deliver/deliver.h"
#include "daemon/deliver/deliver_state.h"
#include "daemon/log.h"

enum {
	OPTION_COMMAND = 1,
	OPTION_TIMEOUT,
	OPTION_ONCE,
	OPTION_FROM_NOW,
	OPTION_KEEP,
	OPTION_CONFIG
};
extern const struct verb deliver_verb;

static const struct option options[] = {
	{"command", required_argument, NULL, OPTION_COMMAND},
	{"timeout", required_argument, NULL, OPTION_TIMEOUT},
	{"once", no_argument, NULL, OPTION_ONCE},
	{"from-now", no_argument, NULL, OPTION_FROM_NOW},
	{"keep", required_argument, NULL, OPTION_KEEP},
	{"config", required_argument, NULL, OPTION_CONFIG},
	CMD_STORE_OPTIONS,
	{0},
};

struct arguments {
	struct deliver_options options;
	const char *timeout;
	const char *config;
};

static void read_option(struct arguments *arguments, int option)
{
	if (option == OPTION_COMMAND)
		arguments->options.command = optarg;
	else if (option == OPTION_TIMEOUT)
		arguments->timeout = optarg;
	else if (option == OPTION_ONCE)
		arguments->options.once = true;
	else if (option == OPTION_FROM_NOW)
		arguments->options.from_now = true;
	else if (option == OPTION_KEEP)
		arguments->options.keep_dir = optarg;
	else if (option == OPTION_CONFIG)
		arguments->config = optarg;
}

static struct err *read_timeout(struct arguments *arguments, const struct config *config)
{
	uint64_t ms = config->on_verdict_timeout_ms;

	if (arguments->timeout &&
	    (!config_parse_time(arguments->timeout, &ms) || !ms || ms > 3600000))
		return err_new(ERR_INVALID, "not a time up to an hour: \"%s\"", arguments->timeout);
	arguments->options.timeout_ms = (unsigned)ms;
	return NULL;
}

static struct err *run_deliver(struct cmd *cmd, struct arguments *arguments)
{
	_cleanup_(cleanup_config_free) struct config *config = NULL;
	_free_ char *database = NULL;

	TRY(config_load(arguments->config, &config));
	TRY(read_timeout(arguments, config));
	if (!arguments->options.command)
		arguments->options.command = config->on_verdict;
	if (!*arguments->options.command)
		return err_new(ERR_INVALID,
			       "to which command? --command COMMAND, or on_verdict in %s",
			       arguments->config);
	if (asprintf(&database, "%s/" DATABASE_NAME, cmd->state_dir) < 0)
		return &err_nomem;
	arguments->options.database = database;
	arguments->options.server = cmd->server;
	return deliver_run(&arguments->options);
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &deliver_verb};
	struct arguments arguments = {.config = CONFIG_PATH, .options.keep_dir = DELIVER_KEEP_DIR};
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		read_option(&arguments, option);
	}
	log_open(false);
	log_as("triage deliver");
	if (optind < argc)
		err = err_new(ERR_INVALID, "deliver takes no \"%s\"", argv[optind]);
	if (!err)
		err = run_deliver(&cmd, &arguments);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb deliver_verb = {
	.name = "deliver",
	.synopsis =
		"deliver [--command COMMAND] [--timeout TIME] [--once] [--from-now] [--keep DIR]\n"
		"               [--config FILE]" CMD_STORE_SYNOPSIS,
	.summary = "each verdict to a command of yours: a webhook, mail, a ticket",
	.options = "  --command COMMAND  for /bin/sh, with a verdict's JSON on stdin; without it, "
		   "on_verdict of the\n"
		   "                     configuration. A verdict is delivered once it ends with "
		   "status 0\n"
		   "  --timeout TIME     of one run of it; without it, on_verdict_timeout\n"
		   "  --once             until all that is there is delivered, or the first "
		   "failure; not "
		   "for ever\n"
		   "  --from-now         the first time: not what is there already\n"
		   "  --keep DIR         where it keeps how far it is (" DELIVER_KEEP_DIR ")\n"
		   "  --config FILE      another configuration than " CONFIG_PATH "\n",
	.any_store = true,
	.run = run,
};
