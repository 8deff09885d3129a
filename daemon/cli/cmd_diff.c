/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage diff: two verdicts side by side, what is the same and what differs, their signatures' parts as well. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/cli/pager.h"
#include "daemon/cli/table.h"
#include "daemon/render/render_style.h"
#include "daemon/store/report.h"
#include "rules/signature.h"

extern const struct verb diff_verb;

#define PARTS_MAX                                                                                  \
	64 /* of a signature: a cycle has up to eight tasks with six functions each, and its kind */

static const struct option options[] = {
	{"all", no_argument, NULL, 'a'},
	CMD_STORE_OPTIONS,
	{0},
};

static const struct table_column columns[] = {
	{.heading = ""},
	{.heading = "PART"},
	{.heading = "FIRST", .whole = true},
	{.heading = "SECOND", .rest = true},
};

struct diff {
	struct cmd *cmd;
	bool all; /* what is the same, too */
	json_t *reports[2], *parts;
};

/* --- what is compared ------------------------------------------------------------------------- */

static void put_part(struct diff *diff, const char *part, bool same, const char *first,
		     const char *second)
{
	json_t *row = json_object();

	json_put(row, "part", json_string(part));
	json_put(row, "same", json_boolean(same));
	json_put(row, "first", json_escaped(first));
	json_put(row, "second", json_escaped(second));
	json_array_append_new(diff->parts, row);
}

/* A part that neither has says nothing. */
static void compare(struct diff *diff, const char *part, const char *first, const char *second)
{
	if (first || second)
		put_part(diff, part, first && second && !strcmp(first, second), first, second);
}

static void compare_field(struct diff *diff, const char *part, const char *path)
{
	compare(diff, part, json_string_at(diff->reports[0], path),
		json_string_at(diff->reports[1], path));
}

static void put_signature(const json_t *report, struct str *out)
{
	const struct signature_facts facts = {json_at(report, "crash"), json_at(report, "waits"),
					      json_at(report, "tasks"),
					      json_string_at(report, "verdict.cause")};

	signature_put_parts(&facts, out);
}

/* The kind, then the functions, as far as either goes. */
static void compare_signatures(struct diff *diff)
{
	struct str texts[2] = {{0}};
	char *rest[2], *words[2], part[48];

	compare_field(diff, "signature", "verdict.signature.exact");
	for (int i = 0; i < 2; i++) {
		put_signature(diff->reports[i], &texts[i]);
		rest[i] = texts[i].data && *texts[i].data ? texts[i].data : NULL;
	}
	for (int n = 0; n < PARTS_MAX && (rest[0] || rest[1]); n++) {
		for (int i = 0; i < 2; i++)
			words[i] = rest[i] ? strsep(&rest[i], "\n") : NULL;
		if (n)
			snprintf(part, sizeof(part), "  function %d", n);
		compare(diff, n ? part : "  kind", words[0], words[1]);
	}
	str_deinit(&texts[0]);
	str_deinit(&texts[1]);
}

/* How many of the innermost frames are the same functions. */
static void compare_backtraces(struct diff *diff)
{
	const json_t *lists[2];
	size_t common = 0, length[2];
	char texts[2][64];

	for (int i = 0; i < 2; i++) {
		lists[i] = json_at(diff->reports[i], "crash.backtrace");
		length[i] = json_array_size(lists[i]);
	}
	while (common < length[0] && common < length[1]) {
		const char *one = json_string_at(json_array_get(lists[0], common), "symbol");
		const char *other = json_string_at(json_array_get(lists[1], common), "symbol");

		if (!one || !other || strcmp(one, other) != 0)
			break;
		common++;
	}
	for (int i = 0; i < 2; i++)
		snprintf(texts[i], sizeof(texts[i]), "the first %zu of %zu frames", common,
			 length[i]);
	if (length[0] || length[1])
		put_part(diff, "backtrace", common == length[0] && common == length[1], texts[0],
			 texts[1]);
}

static void compare_all(struct diff *diff)
{
	static const struct {
		const char *part, *path;
	} fields[] = {{"headline", "verdict.headline"},
		      {"cause", "verdict.cause"},
		      {"rule", "verdict.rule"},
		      {"kind", "crash.kind"},
		      {"function", "crash.rip.symbol"},
		      {"module", "crash.rip.module"},
		      {"called from", "crash.culprit.symbol"},
		      {"task", "crash.task.comm"},
		      {"context", "crash.context.function"},
		      {"fault", "crash.fault.class"},
		      {"host", "system.hostname"},
		      {"kernel", "system.release"},
		      {"hardware", "system.hardware"},
		      {"dump", "dump.format"},
		      {"rules of", "tool.version"}};

	compare_signatures(diff);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		compare_field(diff, fields[i].part, fields[i].path);
	compare_backtraces(diff);
}

/* --- as a table ------------------------------------------------------------------------------- */

static void print_table(const struct diff *diff)
{
	struct table table = {.columns = columns, .column_count = ARRAY_SIZE(columns)};
	struct render_style style;
	_str_ struct str out = {0};
	json_t *row;
	size_t i;

	pager_open();
	style = render_style_for(STDOUT_FILENO);
	json_array_foreach (diff->parts, i, row) {
		bool same = json_is_true(json_at(row, "same"));

		if (same && !diff->all && json_string_at(row, "part")[0] != ' ' && i)
			continue;
		table_add(&table, same ? "same" : "differs");
		table_add(&table, json_string_at(row, "part"));
		table_add(&table, json_string_at(row, "first"));
		table_add(&table, same ? "\"" : json_string_at(row, "second"));
	}
	table_format(&table, style.given ? style.width : 0, true, style.colour, &out);
	fputs(out.data ? out.data : "", stdout);
	if (table.failed || out.failed)
		fputs("triage: out of memory: the list is not whole\n", stderr);
	table_deinit(&table);
}

/* --- the two ---------------------------------------------------------------------------------- */

static bool is_same(const struct diff *diff)
{
	const char *one = json_string_at(diff->reports[0], "verdict.signature.exact");
	const char *other = json_string_at(diff->reports[1], "verdict.signature.exact");

	return one && other && !strcmp(one, other);
}

static struct err *read_report(struct diff *diff, const char *subject, int which)
{
	int64_t dump;

	TRY(cmd_find_dump(diff->cmd, subject, true, &dump));
	TRY(report_build(diff->cmd->store, dump, &diff->reports[which]));
	if (!json_is_object(json_at(diff->reports[which], "verdict")))
		return err_new(ERR_NOT_FOUND, "dump %lld has no verdict", (long long)dump);
	return NULL;
}

static struct err *run_diff(struct diff *diff, char **subjects)
{
	TRY(cmd_open(diff->cmd));
	for (int i = 0; i < 2; i++)
		TRY(read_report(diff, subjects[i], i));
	compare_all(diff);
	if (diff->cmd->json)
		cmd_print_json(json_pack("{s:s, s:b, s:O}", "schema", "triage.diff/1",
					 "same_signature", is_same(diff), "parts", diff->parts));
	else
		print_table(diff);
	return NULL;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &diff_verb};
	_json_ json_t *parts = json_array();
	struct diff diff = {.cmd = &cmd, .parts = parts};
	struct err *err;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		diff.all |= option == 'a';
	}
	err = optind + 2 == argc ? run_diff(&diff, argv + optind)
				 : err_new(ERR_INVALID, "diff takes two IDs");
	bool same = !err && is_same(&diff);
	for (int i = 0; i < 2; i++)
		json_decref(diff.reports[i]);
	return err ? cmd_fail(cmd.json, err) : same ? STATUS_OK : STATUS_NOT_FOUND;
}

const struct verb diff_verb = {
	.name = "diff",
	.synopsis = "diff ID|PATH ID|PATH [-a] [--json]" CMD_STORE_SYNOPSIS,
	.summary = "two verdicts: what differs, and which part of their signatures",
	.options = "  -a, --all          what is the same, too\n",
	.any_store = true,
	.run = run,
};
