/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What --help says, and how a verb is used. */
#include "daemon/cli/cmd_usage.h"

#include <string.h>

#include "base/str.h"
#include "daemon/cli/nearest.h"

#define USAGE_WIDTH 80

/* The synopsis, wrapped between its words; what is in brackets stays together. */
static void put_usage(const struct verb *verb, FILE *out)
{
	size_t column = (size_t)fprintf(out, "usage: triage %s", verb->name);
	const char *at = verb->synopsis + strlen(verb->name);

	while (*at) {
		size_t length = 1;
		int depth = 0;

		for (; at[length] && (depth || at[length] != ' '); length++)
			depth += at[length] == '[' ? 1 : at[length] == ']' ? -1 : 0;
		if (column + length > USAGE_WIDTH)
			column =
				(size_t)fprintf(out, "\n%*s", (int)strlen("usage: triage"), "") - 1;
		column += length;
		fprintf(out, "%.*s", (int)length, at);
		at += length;
	}
	fputs("\n", out);
}

void cmd_help(const struct verb *verb, const char *common, FILE *out)
{
	put_usage(verb, out);
	fprintf(out, "\n%s. See triage(1).\n\n%s", verb->summary,
		verb->options ? verb->options : "");
	if (verb->put_options)
		verb->put_options(out);
	fputs("  --no-pager         at once, not a screen at a time\n", out);
	fputs(common, out);
}

void cmd_usage(const struct verb *verb, const char *wrong, const struct option *options)
{
	struct nearest nearest = {0};

	if (wrong && has_prefix(wrong, "--")) {
		for (size_t i = 0; options[i].name; i++)
			nearest_try(&nearest, wrong + 2, options[i].name);
		if (nearest_is_typo(&nearest, wrong + 2))
			fprintf(stderr, "did you mean --%s?\n", nearest.word);
	}
	put_usage(verb, stderr);
}
