/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage prune: the daemon deletes what need not be kept. */
#include <stdio.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/control_socket.h"

enum { OPTION_FORGET = 1 };
extern const struct verb prune_verb;

static const struct option options[] = {
	{"forget", required_argument, NULL, OPTION_FORGET},
	CMD_OPTIONS,
	{0},
};

static struct err *prune(struct cmd *cmd, int64_t forget)
{
	_json_ json_t *request = json_object(), *answer = NULL;

	json_put(request, "verb", json_string("prune"));
	json_put(request, "forget_s", json_integer(forget));
	TRY(control_socket_ask(cmd->run_dir, request, &answer));
	if (cmd->json) {
		cmd_print_json(json_incref(answer));
		return NULL;
	}
	printf("deleted %lld reports, %lld dumps, %lld records\n",
	       json_integer_at(answer, "reports"), json_integer_at(answer, "dumps"),
	       json_integer_at(answer, "records"));
	return NULL;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &prune_verb};
	struct err *err = NULL;
	int64_t forget = 0;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (!err)
			err = cmd_parse_duration(optarg, &forget);
	}
	if (!err && optind < argc)
		err = err_new(ERR_INVALID, "prune takes no \"%s\"", argv[optind]);
	if (!err)
		err = prune(&cmd, forget);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb prune_verb = {
	.name = "prune",
	.synopsis = "prune [--forget AGE] [--json]",
	.options =
		"  --forget AGE       records too of dumps whose files are gone for so long: 30d\n",
	.summary = "apply the retention settings now; forget dumps gone for AGE",
	.run = run,
};
