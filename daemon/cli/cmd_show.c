/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/render/render.h"
#include "daemon/render/render_locks.h"
#include "daemon/render/sections.h"
#include "daemon/store/report.h"

enum { OPTION_SECTION = 1, OPTION_DOT = 64 };
#define WANT_DOT (1u << 31)
extern const struct verb show_verb;

static const struct option options[] = {
	{"stack", no_argument, NULL, OPTION_SECTION},
	{"locks", no_argument, NULL, OPTION_SECTION + 1},
	{"memory", no_argument, NULL, OPTION_SECTION + 2},
	{"log", no_argument, NULL, OPTION_SECTION + 3},
	{"registers", no_argument, NULL, OPTION_SECTION + 4},
	{"findings", no_argument, NULL, OPTION_SECTION + 5},
	{"dot", no_argument, NULL, OPTION_DOT},
	CMD_OPTIONS,
	{0},
};

/* The sections asked for (a bit each), or one screen of everything when none was. */
static void print_text(const json_t *report, unsigned wanted)
{
	struct render_style style = render_style_for(STDOUT_FILENO);
	const struct section *section;
	_str_ struct str out = {0};

	if (wanted & WANT_DOT)
		render_dot(report, &out);
	else if (!wanted)
		render_verdict(report, &style, &out);
	for (size_t i = 0; (section = section_at(i)); i++) {
		size_t before;

		if (wanted & WANT_DOT || !(wanted & 1u << i))
			continue;
		str_printf(&out, "%s%s%s\n", style.colour ? "\033[1m" : "", section->name,
			   style.colour ? "\033[0m" : "");
		before = out.length;
		section->render(report, &out);
		if (out.length == before)
			str_puts(&out, "  nothing is known\n");
	}
	fputs(out.data ? out.data : "", stdout);
}

static struct err *show(struct cmd *cmd, const char *subject, unsigned wanted)
{
	_json_ json_t *report = NULL;
	int64_t dump;

	TRY(cmd_open(cmd));
	TRY(cmd_find_dump(cmd, subject, true, &dump));
	TRY(report_build(cmd->store, dump, &report));
	if (cmd->json)
		cmd_print_json(json_incref(report));
	else
		print_text(report, wanted);
	return NULL;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &show_verb};
	struct err *err = NULL;
	unsigned wanted = 0;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		wanted |= option == OPTION_DOT ? WANT_DOT : 1u << (option - OPTION_SECTION);
	}
	if (optind + 1 != argc)
		err = err_new(ERR_INVALID, "show takes one ID");
	if (!err)
		err = show(&cmd, argv[optind], wanted);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb show_verb = {
	.name = "show",
	.synopsis = "show ID [--stack] [--locks] [--memory] [--log] [--registers] [--findings] "
		    "[--dot] [--json]",
	.summary = "a verdict on one screen, or parts of it in full",
	.run = run,
};
