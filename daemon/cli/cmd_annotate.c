/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage annotate: the daemon keeps what people found out about a crash. */
#include <stdio.h>
#include <time.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/control_socket.h"
#include "daemon/store/annotation.h"

enum { OPTION_TICKET = 1, OPTION_CAUSE, OPTION_NOTE, OPTION_FIXED, OPTION_END };
extern const struct verb annotate_verb;

static const struct option options[] = {
	{"ticket", required_argument, NULL, OPTION_TICKET},
	{"cause", required_argument, NULL, OPTION_CAUSE},
	{"note", required_argument, NULL, OPTION_NOTE},
	{"fixed", required_argument, NULL, OPTION_FIXED},
	CMD_STORE_OPTIONS,
	{0},
};

/* The daemon writes its own store, the central database has no daemon. */
static struct err *keep(struct cmd *cmd, int64_t dump, const json_t *request)
{
	const struct annotation_words words = {.ticket = json_string_at(request, "ticket"),
					       .cause = json_string_at(request, "cause"),
					       .note = json_string_at(request, "note"),
					       .fixed = json_string_at(request, "fixed")};

	return annotation_put(cmd->store, dump, &words, time(NULL));
}

static struct err *annotate(struct cmd *cmd, const char *subject, json_t *request)
{
	_json_ json_t *answer = NULL;
	int64_t dump;

	TRY(cmd->server ? cmd_open_writing(cmd) : cmd_open(cmd));
	TRY(cmd_find_dump(cmd, subject, true, &dump));
	json_put(request, "verb", json_string("annotate"));
	json_put(request, "id", json_integer(dump));
	if (cmd->server)
		TRY(keep(cmd, dump, request));
	else
		TRY(control_socket_ask(cmd->run_dir, request, &answer));
	if (cmd->json)
		cmd_print_json(answer ? json_incref(answer) : json_object());
	else
		printf("kept; triage show %lld, and each crash of its signature, have it\n",
		       (long long)dump);
	return NULL;
}

static int run(int argc, char **argv)
{
	static const char *const names[OPTION_END] = {[OPTION_TICKET] = "ticket",
						      [OPTION_CAUSE] = "cause",
						      [OPTION_NOTE] = "note",
						      [OPTION_FIXED] = "fixed"};
	_cmd_ struct cmd cmd = {.verb = &annotate_verb};
	_json_ json_t *request = json_object();
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (!json_is_utf8(optarg))
			err = err ? err : err_new(ERR_INVALID, "--%s is not UTF-8", names[option]);
		else
			json_put(request, names[option], json_string(optarg));
	}
	if (!err && optind + 1 != argc)
		err = err_new(ERR_INVALID, "annotate takes one ID");
	if (!err && !json_object_size(request))
		err = err_new(ERR_INVALID, "annotate takes --ticket, --cause, --note or --fixed");
	if (!err)
		err = annotate(&cmd, argv[optind], request);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb annotate_verb = {
	.name = "annotate",
	.synopsis = "annotate ID|PATH [--ticket T] [--cause C] [--note N] [--fixed KERNEL] "
		    "[--json]" CMD_STORE_SYNOPSIS,
	.summary = "keep what was found out about a crash, for all of its signature",
	.options = "  --ticket T         where it is dealt with: a number, an address\n"
		   "  --cause C          what it was, in few words\n"
		   "  --note N           more of it; \"\" takes any of these away again\n"
		   "  --fixed KERNEL     the first release that has the fix: with a later one it "
		   "came back\n",
	.any_store = true,
	.run = run,
};
