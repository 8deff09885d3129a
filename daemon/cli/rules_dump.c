/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage rules run, explain, case: what rules say of a dump. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/cli/rules_call.h"
#include "daemon/store/analyze.h"
#include "daemon/store/case.h"
#include "rules/judge.h"

/* --- the dump --------------------------------------------------------------------------------- */

/* A file is analyzed here and now, and its store is gone with the command. */
static struct err *analyze_here(struct cmd *cmd, struct rules *rules, const char *path,
				int64_t *dump)
{
	const struct worker_options limits = {.timeout_s = 0};
	_input_ struct input input = INPUT_NONE;

	TRY(input_open(path, NULL, &input));
	TRY(store_open(":memory:", 0, &cmd->store));
	return analyze_input(cmd->store, rules, path, &input, &limits, NULL, dump);
}

static bool is_file(const char *text)
{
	struct stat st;

	return text[strspn(text, "0123456789")] && !stat(text, &st) && S_ISREG(st.st_mode);
}

static struct err *open_dump(struct cmd *cmd, struct rules *rules, const char *text, int64_t *dump)
{
	int64_t found = 0;

	if (is_file(text))
		return analyze_here(cmd, rules, text, dump);
	TRY(cmd_open(cmd));
	TRY(cmd_find_dump(cmd, text, true, dump));
	TRY(db_number(store_db(cmd->store), &found, "SELECT count(*) FROM finding WHERE dump = ?",
		      "i", *dump));
	return found ? NULL
		     : err_new(ERR_NOT_FOUND, "nothing was found in dump %" PRId64 " yet", *dump);
}

/* --- matches ---------------------------------------------------------------------------------- */

static json_t *match_json(const struct match *match)
{
	_free_ char *headline = match_headline(match);
	json_t *object = json_object();

	json_put(object, "rule", json_escaped(match->rule->id));
	json_put(object, "cause", json_escaped(match_cause(match)));
	json_put(object, "confidence", json_real(match->confidence));
	json_put(object, "of_rule", json_real(match->rule->confidence));
	json_put(object, "of_row", json_real(match->row_confidence));
	json_put(object, "headline", json_escaped(headline));
	json_put(object, "because", json_escaped(match->because));
	json_put(object, "advice", json_escaped(match->advice));
	json_put(object, "findings", json_incref(match->findings));
	return object;
}

static void put_escaped(const char *before, const char *text)
{
	_str_ struct str safe = {0};

	if (!text)
		return;
	str_escape(&safe, text, strlen(text));
	printf("%s%s\n", before, safe.data ? safe.data : "");
}

static void put_match(const struct match *match, bool rule)
{
	_free_ char *headline = match_headline(match);
	const char *indent = "              ";

	printf("%5.1f %%  ", match->confidence * 100);
	if (rule)
		printf("%s: ", match->rule->id);
	put_escaped("", headline);
	printf("%srule %g x row %g, cause %s\n", indent, match->rule->confidence,
	       match->row_confidence, match_cause(match));
	if (match->headline)
		put_escaped(indent, match->because);
}

static void put_matches(const struct matches *matches, bool rule)
{
	for (size_t i = 0; i < matches->count; i++)
		put_match(&matches->list[i], rule);
}

static json_t *matches_json(const struct matches *matches)
{
	json_t *list = json_array();

	for (size_t i = 0; i < matches->count; i++)
		json_array_append_new(list, match_json(&matches->list[i]));
	return list;
}

struct err *rules_run(struct rules_call *call)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	_matches_ struct matches matches = {0};
	const struct rule *rule;
	int64_t dump;

	TRY(rules_call_find(call, &rules, &rule));
	if (rule->broken)
		return err_new(ERR_INVALID, "%s: %s", rule->file, rule->broken);
	TRY(open_dump(call->cmd, rules, call->word[1], &dump));
	struct err *err = match_rule(store_db(call->cmd->store), rule, dump, &matches);
	if (err)
		return err_wrap(err, "%s", rule->file);
	matches_sort(&matches);
	call->status = matches.count ? STATUS_OK : STATUS_NOT_FOUND;
	if (call->cmd->json)
		cmd_print_json(matches_json(&matches));
	else if (matches.count)
		put_matches(&matches, false);
	else
		printf("%s does not match\n", rule->id);
	return NULL;
}

/* --- explain ---------------------------------------------------------------------------------- */

/* The surest match of another rule than the first one's; NULL: there is none. */
static const struct match *second(const struct matches *matches)
{
	for (size_t i = 1; i < matches->count; i++)
		if (matches->list[i].rule != matches->list[0].rule)
			return &matches->list[i];
	return NULL;
}

static void put_reason(const struct matches *matches, struct str *out)
{
	const struct match *first = matches->list, *next = second(matches);

	if (!matches->count) {
		str_puts(out, "No rule matches: the cause is unknown.");
	} else if (!next) {
		str_printf(out, "%s won: no other rule matches.", first->rule->id);
	} else if (first->confidence > next->confidence) {
		str_printf(out, "%s won: at %.1f %% it is the surest; the next is %s, at %.1f %%.",
			   first->rule->id, first->confidence * 100, next->rule->id,
			   next->confidence * 100);
	} else {
		str_printf(out,
			   "%s won: it is as sure as %s, %.1f %%; of equals the first by id is "
			   "taken.",
			   first->rule->id, next->rule->id, first->confidence * 100);
	}
}

/* The verdict may be older than the rules. */
static struct err *put_stored(struct db *db, int64_t dump, const struct matches *matches,
			      struct str *out)
{
	const char *now = matches->count ? matches->list[0].rule->id : NULL;
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt, "SELECT rule FROM verdict WHERE dump = ?", "i", dump));
	TRY(stmt_step(stmt, &row));
	const char *stored = row ? stmt_text(stmt, 0) : NULL;
	if (row && strcmp(stored ? stored : "", now ? now : "") != 0)
		str_printf(out,
			   " The verdict in the store is older: %s gave it (triage retry "
			   "%" PRId64 " judges anew).",
			   stored ? stored : "no rule", dump);
	stmt_reset(stmt);
	return NULL;
}

static void put_see(const struct rule *rule)
{
	_json_ json_t *list = rules_call_see(rule);
	size_t i;
	json_t *one;

	json_array_foreach (list, i, one) {
		printf("see %s\n", json_string_value(one));
	}
}

static void print_explained(const struct rules_call *call, const struct matches *matches,
			    json_t *broken, const char *reason)
{
	json_t *one;
	size_t i;

	if (call->cmd->json) {
		json_t *object = json_object();

		json_put(object, "matches", matches_json(matches));
		json_put(object, "broken_rules", json_incref(broken));
		json_put(object, "why", json_escaped(reason));
		json_put(object, "see",
			 matches->count ? rules_call_see(matches->list[0].rule) : json_null());
		cmd_print_json(object);
		return;
	}
	put_matches(matches, true);
	json_array_foreach (broken, i, one) {
		put_escaped(" broken  ", json_string_at(one, "rule"));
		put_escaped("              ", json_string_at(one, "why"));
	}
	puts(reason);
	if (matches->count)
		put_see(matches->list[0].rule);
}

struct err *rules_explain(struct rules_call *call)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	_matches_ struct matches matches = {0};
	_json_ json_t *broken = json_array();
	_str_ struct str reason = {0};
	int64_t dump;

	TRY(rules_load(call->dir, &rules));
	TRY(open_dump(call->cmd, rules, call->word[0], &dump));
	TRY(judge_matches(rules, store_db(call->cmd->store), dump, &matches, broken));
	put_reason(&matches, &reason);
	TRY(put_stored(store_db(call->cmd->store), dump, &matches, &reason));
	if (reason.failed)
		return &err_nomem;
	call->status = matches.count ? STATUS_OK : STATUS_NOT_FOUND;
	print_explained(call, &matches, broken, reason.data);
	return NULL;
}

/* --- a case ----------------------------------------------------------------------------------- */

struct err *rules_case(struct rules_call *call)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = NULL;
	const struct rule *rule;
	json_t *made = NULL;
	int64_t dump;

	TRY(rules_call_find(call, &rules, &rule));
	TRY(open_dump(call->cmd, rules, call->word[1], &dump));
	TRY(case_make(store_db(call->cmd->store), rule, dump, &made));
	json_t *list = json_array();
	json_array_append_new(list, made);
	cmd_print_json(list);
	return NULL;
}
