/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage show: a verdict of the store on one screen, or parts of it in full. */
#include <stdio.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/render/render.h"
#include "daemon/render/render_locks.h"
#include "daemon/render/sections.h"
#include "daemon/store/report.h"

enum { OPTION_DOT = 1, OPTION_SECTION };
extern const struct verb show_verb;

static const struct option options[] = {
#define SECTION(name) {#name, no_argument, NULL, OPTION_SECTION + SECTION_##name},
#include "daemon/render/sections.def"
#undef SECTION
	{"dot", no_argument, NULL, OPTION_DOT},
	CMD_OPTIONS,
	{0},
};

/* What of a verdict is to be shown: all of it on one screen when nothing is named. */
struct wanted {
	bool any, dot, section[SECTION_COUNT];
};

static void put_section(const json_t *report, const struct section *section, bool colour,
			struct str *out)
{
	size_t before;

	str_printf(out, "%s%s%s\n", colour ? "\033[1m" : "", section->name,
		   colour ? "\033[0m" : "");
	before = out->length;
	section->render(report, out);
	if (out->length == before)
		str_puts(out, "  nothing is known\n");
}

static void print_text(const json_t *report, const struct wanted *wanted)
{
	struct render_style style = render_style_for(STDOUT_FILENO);
	_str_ struct str out = {0};

	if (!wanted->any)
		render_verdict(report, &style, &out);
	else if (wanted->dot)
		render_dot(report, &out);
	for (enum section_id id = 0; id < SECTION_COUNT && !wanted->dot; id++)
		if (wanted->section[id])
			put_section(report, section_by_id(id), style.colour, &out);
	fputs(out.data ? out.data : "", stdout);
}

static struct err *show(struct cmd *cmd, const char *subject, const struct wanted *wanted)
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
	struct wanted wanted = {0};
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		wanted.any = true;
		if (option == OPTION_DOT)
			wanted.dot = true;
		else
			wanted.section[option - OPTION_SECTION] = true;
	}
	if (optind + 1 != argc)
		err = err_new(ERR_INVALID, "show takes one ID");
	if (!err)
		err = show(&cmd, argv[optind], &wanted);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb show_verb = {
	.name = "show",
	.synopsis = "show ID"
#define SECTION(name) " [--" #name "]"
#include "daemon/render/sections.def"
#undef SECTION
		    " [--dot] [--json]",
	.summary = "a verdict on one screen, or parts of it in full",
	.run = run,
};
