/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage retry: the daemon analyzes dumps again. */
#include <stdio.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/control_socket.h"

extern const struct verb retry_verb;

static const struct option options[] = {CMD_OPTIONS, {0}};

static struct err *retry(struct cmd *cmd, const char *subject)
{
	_json_ json_t *request = json_object(), *answer = NULL;
	int64_t dump;

	TRY(cmd_find_dump(cmd, subject, false, &dump));
	json_put(request, "verb", json_string("retry"));
	json_put(request, "id", json_integer(dump));
	TRY(control_socket_ask(cmd->run_dir, request, &answer));
	if (!cmd->json)
		printf("%lld is analyzed again; triage wait %lld\n", (long long)dump,
		       (long long)dump);
	return NULL;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &retry_verb};
	struct err *err = NULL;

	if (cmd_option(&cmd, argc, argv, options) == '?')
		return STATUS_USAGE;
	if (optind == argc)
		err = err_new(ERR_INVALID, "retry takes an ID");
	if (!err)
		err = cmd_open(&cmd);
	for (int i = optind; i < argc && !err; i++)
		err = retry(&cmd, argv[i]);
	if (err)
		return cmd_fail(cmd.json, err);
	if (cmd.json)
		cmd_print_json(json_pack("{s:b}", "ok", 1));
	return STATUS_OK;
}

const struct verb retry_verb = {
	.name = "retry",
	.synopsis = "retry ID… [--json]",
	.summary = "analyze a dump once more, whatever became of it",
	.run = run,
};
