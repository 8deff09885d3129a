/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage report: the store as a site of static pages. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "daemon/cli/cmd_common.h"
#include "daemon/cli/site.h"

extern const struct verb report_verb;

static const struct option options[] = {
	{"limit", required_argument, NULL, 'n'},
	{"all", no_argument, NULL, 'a'},
	CMD_STORE_OPTIONS,
	{0},
};

#define CRASHES 10000
#define CRASHES_MAX 1000000000000

static struct err *make(struct cmd *cmd, const char *dir, const struct site_options *site)
{
	_cleanup_(site_files_deinit) struct site_files files = {0};

	TRY(cmd_open(cmd));
	TRY(site_files_open(dir, &files));
	TRY(site_make(cmd->store, &files, site));
	if (cmd->json)
		cmd_print_json(json_pack("{s:i, s:i}", "written", (int)files.written, "unchanged",
					 (int)files.kept));
	else
		printf("%u pages written, %u unchanged\n", files.written, files.kept);
	return NULL;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &report_verb};
	struct site_options site = {.crashes = CRASHES};
	struct err *err = NULL;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (option == 'a')
			site.anew = true;
		else if ((!parse_dec(optarg, strlen(optarg), &site.crashes) ||
			  site.crashes > CRASHES_MAX) &&
			 !err)
			err = err_new(ERR_INVALID, "not a number: \"%s\"", optarg);
	}
	if (!err && optind + 1 != argc)
		err = err_new(ERR_INVALID, "report takes one directory");
	if (!err)
		err = make(&cmd, argv[optind], &site);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb report_verb = {
	.name = "report",
	.synopsis = "report DIR [-n N] [--all] [--json]" CMD_STORE_SYNOPSIS,
	.summary = "the crashes as a site of static pages, for any web server to show",
	.options = "  -n, --limit N      a page for each of so many crashes, the latest (10000)\n"
		   "  -a, --all          look at each of them, not only at those that are new\n",
	.any_store = true,
	.run = run,
};
