/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules/rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/str.h"
#include "rules/embedded.h"

#define RULE_SIZE_MAX (64u << 10)
#define RULES_MAX 1024
#define ROWS_MAX 32	 /* matches of one rule that are looked at */
#define RULE_STEPS 20000 /* thousand virtual machine instructions a rule may take */

/* The header keys a rule may have. */
enum key {
	KEY_ID,
	KEY_TITLE,
	KEY_CAUSE,
	KEY_SEVERITY,
	KEY_CONFIDENCE,
	KEY_ADVICE,
	KEY_REFERENCE,
	KEY_RULES_OUT,
	KEY_COUNT,
};

static const char *const key_names[KEY_COUNT] = {
	"id", "title", "cause", "severity", "confidence", "advice", "reference", "rules-out",
};

struct rule {
	char *text;	      /* the SELECT, header and all: its lines are comments to SQLite */
	char *key[KEY_COUNT]; /* several lines of one key are joined by newlines */
	char *broken;	      /* why it is not run */
	char *file;
};

struct rules {
	struct rule *list;
	size_t count;
};

static void rule_deinit(struct rule *rule)
{
	for (enum key key = 0; key < KEY_COUNT; key++)
		free(rule->key[key]);
	free(rule->text);
	free(rule->broken);
	free(rule->file);
}

void rules_free(struct rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->count; i++)
		rule_deinit(&rules->list[i]);
	free(rules->list);
	free(rules);
}

size_t rules_count(const struct rules *rules)
{
	return rules->count;
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool add_value(char **slot, const char *value, size_t length)
{
	_str_ struct str joined = {0};

	if (*slot)
		str_printf(&joined, "%s\n", *slot);
	str_append(&joined, value, length);
	free(*slot);
	*slot = str_take(&joined);
	return *slot;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* One "-- key: value" line; false on out-of-memory. Comments without a known key are comments. */
static bool read_key(struct rule *rule, const char *line, size_t length)
{
	for (enum key key = 0; key < KEY_COUNT; key++) {
		size_t name = strlen(key_names[key]);

		if (length < name + 1 || strncmp(line, key_names[key], name) || line[name] != ':')
			continue;
		const char *value = line + name + 1;
		size_t left = length - name - 1;
		while (left && is_space(*value))
			value++, left--;
		while (left && is_space(value[left - 1]))
			left--;
		return add_value(&rule->key[key], value, left);
	}
	return true;
}

static bool read_header(struct rule *rule)
{
	for (const char *line = rule->text; !strncmp(line, "--", 2);) {
		size_t length = strcspn(line, "\n");
		size_t skip = 2 + strspn(line + 2, " ");

		if (skip < length && !read_key(rule, line + skip, length - skip))
			return false;
		line += length + (line[length] == '\n');
	}
	return true;
}

/* JSON takes no other text: what a verdict is to say must be UTF-8. */
static bool is_utf8(const char *text)
{
	_json_ json_t *string = json_string(text);

	return string;
}

static const char *check(const struct rule *rule)
{
	if (!rule->key[KEY_ID] || !rule->key[KEY_ID][0])
		return "its header has no id";
	if (!rule->key[KEY_CAUSE])
		return "its header has no cause";
	if (!is_utf8(rule->text))
		return "it is not UTF-8";
	if (rule->key[KEY_CONFIDENCE]) {
		char *end;
		double value = strtod(rule->key[KEY_CONFIDENCE], &end);

		if (*end || end == rule->key[KEY_CONFIDENCE] || !(value >= 0 && value <= 1))
			return "its confidence is no number from 0 to 1";
	}
	return NULL;
}

static struct rule *find_id(struct rules *rules, const char *id)
{
	for (size_t i = 0; id && i < rules->count; i++)
		if (rules->list[i].key[KEY_ID] && !strcmp(rules->list[i].key[KEY_ID], id))
			return &rules->list[i];
	return NULL;
}

/* Takes text over. */
static struct err *add_rule(struct rules *rules, const char *file, char *text)
{
	struct rule rule = {.text = text, .file = strdup(file)};

	if (!text || !rule.file || !read_header(&rule)) {
		rule_deinit(&rule);
		return &err_nomem;
	}
	const char *why = check(&rule);
	if (why)
		rule.broken = strdup(why);
	struct rule *same = find_id(rules, rule.key[KEY_ID]);
	if (same) {
		rule_deinit(same);
		*same = rule;
		return NULL;
	}
	struct rule *grown = reallocarray(rules->list, rules->count + 1, sizeof(*grown));
	if (!grown) {
		rule_deinit(&rule);
		return &err_nomem;
	}
	rules->list = grown;
	rules->list[rules->count++] = rule;
	return NULL;
}

/* A site's file: unreadable or too large is a broken rule, not an error. */
static struct err *add_file(struct rules *rules, int directory, const char *name)
{
	_close_ int fd = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	_free_ char *text = calloc(1, RULE_SIZE_MAX + 1);
	const char *why = NULL;

	if (!text)
		return &err_nomem;
	ssize_t size = fd < 0 ? -1 : read(fd, text, RULE_SIZE_MAX + 1);
	if (size < 0)
		why = strerror(errno);
	else if (size > (ssize_t)RULE_SIZE_MAX)
		why = "it is larger than 64 KiB";
	if (!why) {
		text[size] = '\0';
		return add_rule(rules, name, take_ptr(text));
	}
	text[0] = '\0';
	TRY(add_rule(rules, name, take_ptr(text)));
	struct rule *rule = &rules->list[rules->count - 1];
	free(rule->broken);
	rule->broken = strdup(why);
	return NULL;
}

static int is_sql(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 4 && !strcmp(entry->d_name + length - 4, ".sql");
}

static struct err *add_directory(struct rules *rules, const char *path)
{
	_close_ int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent **entries = NULL;
	struct err *err = NULL;

	if (directory < 0)
		return NULL; /* a site without rules of its own */
	int count = scandirat(directory, ".", &entries, is_sql, alphasort);
	for (int i = 0; i < count; i++) {
		if (!err && i < RULES_MAX)
			err = add_file(rules, directory, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

struct err *rules_load(const char *site_dir, struct rules **ret)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = calloc(1, sizeof(*rules));

	if (!rules)
		return &err_nomem;
	for (const struct sql_text *one = rule_texts; one->name; one++)
		TRY(add_rule(rules, one->name, strdup(one->text)));
	if (site_dir)
		TRY(add_directory(rules, site_dir));
	*ret = take_ptr(rules);
	return NULL;
}

/* --- running ---------------------------------------------------------------------------------- */

/* One row a rule gave. */
struct match {
	const struct rule *rule;
	double confidence;
	char *headline, *because;
	json_t *findings;
};

static void match_deinit(struct match *match)
{
	free(match->headline);
	free(match->because);
	json_decref(match->findings);
	*match = (struct match){0};
}

static double rule_confidence(const struct rule *rule)
{
	return rule->key[KEY_CONFIDENCE] ? strtod(rule->key[KEY_CONFIDENCE], NULL) : 0.5;
}

#define TEXT_MAX 4096 /* bytes of a headline or a reason */

/* One text column; of two with the same name the first counts. */
static struct err *read_text(struct stmt *stmt, int column, char **slot)
{
	const char *text = stmt_text(stmt, column);

	if (*slot)
		return NULL;
	if (!text)
		return &err_nomem;
	if (strlen(text) > TEXT_MAX)
		return err_new(ERR_LIMIT, "its \"%s\" is longer than %d bytes",
			       stmt_column_name(stmt, column), TEXT_MAX);
	if (!is_utf8(text))
		return err_new(ERR_INVALID, "its \"%s\" is not UTF-8",
			       stmt_column_name(stmt, column));
	*slot = strdup(text);
	return *slot ? NULL : &err_nomem;
}

static struct err *read_column(struct stmt *stmt, int column, struct match *match)
{
	const char *name = stmt_column_name(stmt, column);

	if (stmt_is_null(stmt, column))
		return NULL;
	if (!strcmp(name, "because"))
		return read_text(stmt, column, &match->because);
	if (!strcmp(name, "headline"))
		return read_text(stmt, column, &match->headline);
	if (!strcmp(name, "confidence"))
		match->confidence *= MIN(MAX(stmt_real(stmt, column), 0.0), 1.0);
	else if (!strcmp(name, "finding") || !strcmp(name, "finding2"))
		json_array_append_new(match->findings, json_integer(stmt_int(stmt, column)));
	return NULL;
}

/* Columns by name: because, headline, confidence (times the header's), finding, finding2. */
static struct err *read_row(const struct rule *rule, struct stmt *stmt, struct match *match)
{
	_cleanup_(match_deinit) struct match row = {
		.rule = rule, .confidence = rule_confidence(rule), .findings = json_array()};

	for (int i = 0; i < stmt_column_count(stmt); i++)
		TRY(read_column(stmt, i, &row));
	if (!row.because)
		return err_new(ERR_INVALID, "its row has no \"because\" text");
	/* A product of estimates has no 16 digits; percents and a tenth are more than it is worth. */
	row.confidence = (double)(int)(row.confidence * 1000 + 0.5) / 1000;
	*match = row;
	row = (struct match){0};
	return NULL;
}

struct matches {
	struct match *list;
	size_t count;
};

static void matches_deinit(struct matches *matches)
{
	for (size_t i = 0; i < matches->count; i++)
		match_deinit(&matches->list[i]);
	free(matches->list);
}

static struct err *keep(struct matches *matches, struct match *match)
{
	struct match *grown = reallocarray(matches->list, matches->count + 1, sizeof(*grown));

	if (!grown) {
		match_deinit(match);
		return &err_nomem;
	}
	matches->list = grown;
	matches->list[matches->count++] = *match;
	return NULL;
}

/* A rule that broke half-way has said nothing. */
static void forget_from(struct matches *matches, size_t count)
{
	while (matches->count > count)
		match_deinit(&matches->list[--matches->count]);
}

static struct err *run_rule(struct db *db, const struct rule *rule, int64_t dump,
			    struct matches *matches)
{
	_cleanup_(cleanup_stmt_finalize) struct stmt *stmt = NULL;

	TRY(db_prepare_untrusted(db, rule->text, RULE_STEPS, &stmt));
	int parameter = stmt_parameter(stmt, ":dump");
	if (parameter)
		TRY(stmt_bind_int(stmt, parameter, dump));
	for (unsigned rows = 0; rows < ROWS_MAX; rows++) {
		struct match match;
		bool row;

		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		TRY(read_row(rule, stmt, &match));
		TRY(keep(matches, &match));
	}
	return NULL;
}

static int by_confidence(const void *a, const void *b)
{
	const struct match *x = a, *y = b;

	if (x->confidence != y->confidence)
		return x->confidence < y->confidence ? 1 : -1;
	return strcmp(x->rule->key[KEY_ID], y->rule->key[KEY_ID]);
}

static void add_lines(json_t *list, const char *lines)
{
	while (lines && *lines) {
		size_t length = strcspn(lines, "\n");

		if (length)
			json_array_append_new(list, json_stringn(lines, length));
		lines += length + (lines[length] == '\n');
	}
}

static bool listed(const json_t *list, const json_t *value)
{
	size_t i;
	json_t *one;

	json_array_foreach(list, i, one) if (json_equal(one, value)) return true;
	return false;
}

/* The best match's own words; other rows of the same rule add their reasons. */
static void take_best(const struct matches *matches, struct verdict *verdict)
{
	const struct match *best = &matches->list[0];
	const struct rule *rule = best->rule;
	size_t i;
	json_t *finding;

	verdict->rule = strdup(rule->key[KEY_ID]);
	verdict->cause = strdup(rule->key[KEY_CAUSE]);
	verdict->severity = strdup(rule->key[KEY_SEVERITY] ? rule->key[KEY_SEVERITY] : "critical");
	verdict->headline = strdup(best->headline ? best->headline : best->because);
	verdict->confidence = best->confidence;
	add_lines(verdict->next_steps, rule->key[KEY_ADVICE]);
	add_lines(verdict->ruled_out, rule->key[KEY_RULES_OUT]);
	if (rule->key[KEY_REFERENCE])
		verdict->known_issue =
			json_pack("{s:s, s:s?, s:s}", "id", rule->key[KEY_ID], "title",
				  rule->key[KEY_TITLE], "reference", rule->key[KEY_REFERENCE]);
	for (size_t m = 0; m < matches->count; m++) {
		if (matches->list[m].rule != rule)
			continue;
		json_array_append_new(verdict->reasons, json_string(matches->list[m].because));
		json_array_foreach(matches->list[m].findings, i,
				   finding) if (!listed(verdict->because, finding))
			json_array_append(verdict->because, finding);
	}
}

#define ALTERNATIVES_SHOWN 5

static void add_alternatives(const struct matches *matches, struct verdict *verdict)
{
	for (size_t i = 1; i < matches->count; i++) {
		const struct match *match = &matches->list[i];

		if (match->rule == matches->list[0].rule ||
		    json_array_size(verdict->alternatives) == ALTERNATIVES_SHOWN)
			continue;
		json_array_append_new(verdict->alternatives,
				      json_pack("{s:s, s:s, s:s, s:f}", "rule",
						match->rule->key[KEY_ID], "cause",
						match->rule->key[KEY_CAUSE], "headline",
						match->headline ? match->headline : match->because,
						"confidence", match->confidence));
	}
}

static void set_unknown(struct verdict *verdict)
{
	verdict->cause = strdup("unknown");
	verdict->severity = strdup("notice");
	verdict->headline = strdup("no rule fits what was found");
}

struct err *rules_judge(struct rules *rules, struct db *db, int64_t dump, struct verdict *ret)
{
	_cleanup_(matches_deinit) struct matches matches = {0};
	struct verdict verdict = {
		.because = json_array(),
		.reasons = json_array(),
		.ruled_out = json_array(),
		.next_steps = json_array(),
		.alternatives = json_array(),
		.broken = json_array(),
	};

	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->list[i];
		size_t before = matches.count;
		struct err *err = rule->broken ? err_new(ERR_INVALID, "%s", rule->broken)
					       : run_rule(db, rule, dump, &matches);
		if (err == &err_nomem) {
			verdict_deinit(&verdict);
			return err;
		}
		if (err) {
			forget_from(&matches, before);
			json_array_append_new(
				verdict.broken,
				json_pack("{s:s, s:s}", "rule", rule->file, "why", err->message));
		}
		err_free(err);
	}
	if (matches.count) {
		qsort(matches.list, matches.count, sizeof(*matches.list), by_confidence);
		take_best(&matches, &verdict);
		add_alternatives(&matches, &verdict);
	} else {
		set_unknown(&verdict);
	}
	if (!verdict.cause || !verdict.headline || !verdict.severity) {
		verdict_deinit(&verdict);
		return &err_nomem;
	}
	*ret = verdict;
	return NULL;
}

void verdict_deinit(struct verdict *verdict)
{
	free(verdict->rule);
	free(verdict->cause);
	free(verdict->severity);
	free(verdict->headline);
	json_decref(verdict->because);
	json_decref(verdict->reasons);
	json_decref(verdict->ruled_out);
	json_decref(verdict->next_steps);
	json_decref(verdict->known_issue);
	json_decref(verdict->alternatives);
	json_decref(verdict->broken);
	*verdict = (struct verdict){0};
}
