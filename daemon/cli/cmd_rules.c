/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage rules: which there are, whether they are sound, and what they say of a dump. */
#include <stdio.h>
#include <string.h>

#include "daemon/cli/rules_call.h"
#include "daemon/cli/table.h"
#include "daemon/render/render.h"
#include "daemon/render/render_json.h"
#include "daemon/store/analyze.h"
#include "daemon/store/rule_faults.h"

enum { OPTION_RULES_DIR = 1 };
extern const struct verb rules_verb;

static const struct option options[] = {
	{"rules-dir", required_argument, NULL, OPTION_RULES_DIR},
	CMD_OPTIONS,
	{0},
};

/* --- list ------------------------------------------------------------------------------------- */

static const struct table_column columns[] = {
	{.heading = "ID", .whole = true},  {"CAUSE", 3}, {"SEVERITY", 4}, {"SURE", 2}, {"TESTS", 1},
	{.heading = "FILE", .rest = true},
};

static const char *file_of(const struct rule *rule)
{
	return rule->site ? rule->file : "built in";
}

static void add_row(struct table *table, const struct rule *rule)
{
	char sure[16];

	snprintf(sure, sizeof(sure), "%.0f %%", rule->confidence * 100);
	table_add(table, rule->id);
	table_add(table, rule->broken ? "broken" : rule->cause);
	table_add(table, rule->severity ? rule->severity : "critical");
	table_add(table, rule->broken ? NULL : sure);
	table_add(table, rule->tested ? "yes" : NULL);
	table_add(table, file_of(rule));
}

static json_t *rule_json(const struct rule *rule)
{
	json_t *object = json_object();

	json_put(object, "id", json_escaped(rule->id));
	json_put(object, "cause", json_escaped(rule->cause));
	json_put(object, "severity", json_escaped(rule->severity ? rule->severity : "critical"));
	json_put(object, "confidence", json_real(rule->confidence));
	json_put(object, "title", json_escaped(rule->title));
	json_put(object, "see", rules_call_see(rule));
	json_put(object, "file", json_escaped(rule->file));
	json_put(object, "built_in", json_boolean(!rule->site));
	json_put(object, "tested", json_boolean(rule->tested));
	json_put(object, "broken", json_escaped(rule->broken));
	return object;
}

static struct err *list(struct rules_call *call)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	struct table table = {.columns = columns, .column_count = ARRAY_SIZE(columns)};
	struct render_style style = render_style_for(STDOUT_FILENO);
	json_t *all = json_array();
	_str_ struct str out = {0};

	TRY(rules_load(call->dir, &rules));
	for (size_t i = 0; i < rules_count(rules); i++) {
		add_row(&table, rules_at(rules, i));
		json_array_append_new(all, rule_json(rules_at(rules, i)));
	}
	table_format(&table, style.given ? style.width : 0, true, style.colour, &out);
	table_deinit(&table);
	if (call->cmd->json) {
		cmd_print_json(all);
		return NULL;
	}
	json_decref(all);
	fputs(out.data ? out.data : "", stdout);
	return NULL;
}

/* --- show ------------------------------------------------------------------------------------- */

static struct err *show(struct rules_call *call)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	const struct rule *rule;

	TRY(rules_call_find(call, &rules, &rule));
	if (!rule->sql)
		return err_new(ERR_INVALID, "%s: %s", rule->file, rule->broken);
	if (call->cmd->json) {
		json_t *object = rule_json(rule);

		json_put(object, "sql", json_escaped(rule->sql));
		cmd_print_json(object);
		return NULL;
	}
	for (const char *line = rule->sql; *line; line += *line == '\n') {
		_str_ struct str safe = {0};
		size_t length = strcspn(line, "\n");

		for (; *line == '\t'; line++, length--)
			str_puts(&safe, "\t");
		str_escape(&safe, line, length);
		puts(safe.data ? safe.data : "");
		line += length;
	}
	return NULL;
}

/* --- check ------------------------------------------------------------------------------------ */

/* Those of one file, where one was named. */
static void keep_file(json_t *faults, const char *file)
{
	for (size_t i = json_array_size(faults); file && i-- > 0;)
		if (strcmp(json_string_at(json_array_get(faults, i), "rule"), file) != 0)
			json_array_remove(faults, i);
}

static void print_faults(const json_t *faults, const char *dir)
{
	json_t *one;
	size_t i;

	json_array_foreach (faults, i, one) {
		_free_ char *text = rule_fault_text(one);
		bool whole = text && *text == '/'; /* the directory itself */

		if (text)
			printf("%s%s%s\n", whole ? "" : dir,
			       whole || has_suffix(dir, "/") ? "" : "/", text);
	}
}

static size_t count_site(const struct rules *rules, const char *file)
{
	size_t count = 0;

	for (size_t i = 0; i < rules_count(rules); i++)
		for (const struct rule *rule = rules_at(rules, i); rule; rule = rule->replaced)
			count += rule->site && (!file || !strcmp(rule->file, file));
	return count;
}

static struct err *check(struct rules_call *call)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	_free_ char *dir = NULL, *file = NULL;
	_json_ json_t *faults = NULL;

	TRY(rules_call_place(call, &dir, &file));
	TRY(rules_load(dir, &rules));
	TRY(rule_faults(rules, &faults));
	keep_file(faults, file);
	if (json_array_size(faults))
		call->status = STATUS_NOT_FOUND;
	if (call->cmd->json) {
		cmd_print_json(json_incref(faults));
		return NULL;
	}
	print_faults(faults, dir);
	size_t count = count_site(rules, file);
	printf("%zu rule%s, %zu fault%s\n", count, count == 1 ? "" : "s", json_array_size(faults),
	       json_array_size(faults) == 1 ? "" : "s");
	return NULL;
}

/* --- the verb --------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	struct err *(*run)(struct rules_call *call);
	int least, most; /* words behind it */
} verbs[] = {
	{"list", list, 0, 0},
	{"show", show, 1, 1},
	{"check", check, 0, 1},
	{"run", rules_run, 2, 2},
	{"case", rules_case, 2, 2},
	{"test", rules_test, 0, 1},
	{"explain", rules_explain, 1, 1},
};

static struct err *run_verb(struct rules_call *call, char **words, int count)
{
	const char *name = count ? words[0] : "list";

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verbs[i].name, name) != 0)
			continue;
		if (count && (count - 1 < verbs[i].least || count - 1 > verbs[i].most))
			return err_new(ERR_INVALID, "rules %s: see triage rules --help", name);
		for (int word = 1; word < count; word++)
			call->word[word - 1] = words[word];
		return verbs[i].run(call);
	}
	return err_new(ERR_INVALID, "rules has no verb \"%s\": see triage rules --help", name);
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &rules_verb};
	struct rules_call call = {.cmd = &cmd, .dir = SITE_RULES_DIR};
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		call.dir = optarg;
	}
	struct err *err = run_verb(&call, argv + optind, argc - optind);
	return err ? cmd_fail(cmd.json, err) : call.status;
}

const struct verb rules_verb = {
	.name = "rules",
	.synopsis = "rules [VERB [RULE|FILE|DIR] [DUMP]] [--rules-dir DIR] [--json]",
	.summary = "the rules that judge: list, check, test them, and see why one won",
	.options =
		"  list               each rule: id, cause, severity, how sure, tested or not\n"
		"  show RULE          its text\n"
		"  check [FILE|DIR]   what is wrong, with line and column; status 1 if anything "
		"is\n"
		"  run RULE DUMP      the rows it gives, as the judge takes them; status 1: none\n"
		"  explain DUMP       all matches, how sure each is, and why the first one won\n"
		"  case RULE DUMP     what was found in a dump as a test case of the rule\n"
		"  test [FILE|DIR]    the cases beside the rules (NAME.test.json)\n"
		"\n"
		"RULE is an id or a rule's file, DUMP an id or uid of the store, or a file.\n"
		"\n"
		"  --rules-dir DIR    the site's rules, instead of " SITE_RULES_DIR "\n",
	.run = run,
};
