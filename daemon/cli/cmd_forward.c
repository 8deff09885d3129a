/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage forward: this host's verdicts into the central database. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/config.h"
#include "daemon/daemon.h"
#include "daemon/forward/forward.h"
#include "daemon/forward/forward_state.h"
#include "daemon/log.h"

enum { OPTION_TO = 1, OPTION_ONCE, OPTION_MACHINE, OPTION_CONFIG, OPTION_IDLE };
extern const struct verb forward_verb;

static const struct option options[] = {
	{"to", required_argument, NULL, OPTION_TO},
	{"once", no_argument, NULL, OPTION_ONCE},
	{"machine", required_argument, NULL, OPTION_MACHINE},
	{"config", required_argument, NULL, OPTION_CONFIG},
	{"idle", required_argument, NULL, OPTION_IDLE},
	CMD_OPTIONS,
	{0},
};

struct arguments {
	struct forward_options options;
	const char *config, *idle;
};

static void read_option(struct arguments *arguments, int option)
{
	if (option == OPTION_TO)
		arguments->options.to = optarg;
	else if (option == OPTION_ONCE)
		arguments->options.once = true;
	else if (option == OPTION_MACHINE)
		arguments->options.machine = optarg;
	else if (option == OPTION_CONFIG)
		arguments->config = optarg;
	else if (option == OPTION_IDLE)
		arguments->idle = optarg;
}

static struct err *run_forward(struct cmd *cmd, struct arguments *arguments)
{
	_cleanup_(cleanup_config_free) struct config *config = NULL;
	_free_ char *database = NULL;

	if (arguments->idle && !config_parse_time(arguments->idle, &arguments->options.idle_ms))
		return err_new(ERR_INVALID, "not a time: \"%s\"", arguments->idle);
	if (!arguments->options.to) {
		TRY(config_load(arguments->config, &config));
		arguments->options.to = config->forward_to;
	}
	if (!*arguments->options.to)
		return err_new(ERR_INVALID,
			       "where to? --to postgresql://HOST/DATABASE, or forward_to in %s",
			       arguments->config);
	if (asprintf(&database, "%s/" DATABASE_NAME, cmd->state_dir) < 0)
		return &err_nomem;
	arguments->options.database = database;
	arguments->options.run_dir = cmd->run_dir;
	if (mkdir(cmd->run_dir, 0750) && errno != EEXIST && !arguments->options.once)
		log_line(LOG_WARNING, "%s: triage status will not know of this: %s", cmd->run_dir,
			 strerror(errno));
	return forward_run(&arguments->options);
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &forward_verb, .run_dir = FORWARD_RUN_DIR};
	struct arguments arguments = {.config = CONFIG_PATH, .options.idle_ms = FORWARD_IDLE_MS};
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		read_option(&arguments, option);
	}
	log_open(false);
	log_as("triage forward");
	if (optind < argc)
		err = err_new(ERR_INVALID, "forward takes no \"%s\"", argv[optind]);
	if (!err)
		err = run_forward(&cmd, &arguments);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb forward_verb = {
	.name = "forward",
	.synopsis = "forward [--to postgresql://…] [--once] [--machine ID] [--idle TIME] [--config "
		    "FILE]",
	.summary = "this host's verdicts into the central database of many hosts",
	.options =
		"  --to ADDRESS       the server, as libpq has it; without it, forward_to of "
		"the configuration\n"
		"  --once             until all that is there is sent, or the first error; not "
		"for ever\n"
		"  --machine ID       which machine this is, where /etc/machine-id cannot say\n"
		"  --idle TIME        close a connection over which nothing was sent for so long "
		"(1min)\n"
		"  --config FILE      another configuration than " CONFIG_PATH "\n",
	.run = run,
};
