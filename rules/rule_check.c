/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says what is wrong with a rule before it is ever run, and where. */
#include "rules/rule_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "rules/match.h"

void rule_fault_deinit(struct rule_fault *fault)
{
	free(fault->why);
	*fault = (struct rule_fault){0};
}

static struct err *fault(struct rule_fault *ret, const char *why)
{
	ret->why = strdup(why);
	return ret->why ? NULL : &err_nomem;
}

static void set_place(const char *sql, size_t offset, struct rule_fault *ret)
{
	ret->line = ret->column = 1;
	for (const char *at = sql; *at && at < sql + offset; at++) {
		if (*at == '\n') {
			ret->line++;
			ret->column = 1;
		} else if ((*at & 0xc0) != 0x80) { /* not the rest of a character */
			ret->column++;
		}
	}
}

/* Where the SELECT begins. */
static size_t body_of(const char *sql)
{
	const char *at = sql;

	while (!strncmp(at, "--", 2) || *at == '\n')
		at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n');
	return (size_t)(at - sql);
}

static bool in_word(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

/* Of "no such table: crahs" SQLite knows no place: that of the word it names. */
static size_t find_named(const char *sql, const char *message)
{
	size_t body = body_of(sql);
	const char *name = strrchr(message, ' ');
	size_t length = name ? strlen(++name) : 0;

	for (const char *at = sql + body; length && (at = strstr(at, name)); at++)
		if ((at == sql || !in_word(at[-1])) && !in_word(at[length]))
			return (size_t)(at - sql);
	return body;
}

/* A column that stands twice: the second is never read. NULL: none does. */
static const char *twin_column(struct stmt *stmt)
{
	for (int i = 0; i < stmt_column_count(stmt); i++)
		for (int j = i + 1; j < stmt_column_count(stmt); j++)
			if (!strcmp(stmt_column_name(stmt, i), stmt_column_name(stmt, j)))
				return stmt_column_name(stmt, i);
	return NULL;
}

static bool has_column(struct stmt *stmt, const char *name)
{
	for (int i = 0; i < stmt_column_count(stmt); i++)
		if (!strcmp(stmt_column_name(stmt, i), name))
			return true;
	return false;
}

/* On no dump at all: most rules give no row then, one that never ends does not end. */
static struct err *try_run(const struct rule *rule, struct db *db, struct rule_fault *ret)
{
	_matches_ struct matches matches = {0};
	_err_ struct err *err = match_rule(db, rule, 0, &matches);

	if (err && err->code == ERR_NOMEM)
		return take_ptr(err);
	return err ? fault(ret, match_words(err->message)) : NULL;
}

static struct err *check_select(const struct rule *rule, struct db *db, struct rule_fault *ret)
{
	_cleanup_(cleanup_stmt_finalize) struct stmt *stmt = NULL;
	_err_ struct err *err = db_prepare_untrusted(db, rule->sql, 1, &stmt);

	if (err && err->code == ERR_NOMEM)
		return take_ptr(err);
	if (err) {
		int64_t offset = db_error_offset(db);

		set_place(rule->sql,
			  offset >= 0 ? (size_t)offset : find_named(rule->sql, err->message), ret);
		return fault(ret, match_words(err->message));
	}
	const char *twin = twin_column(stmt);
	if (!twin && has_column(stmt, "because"))
		return try_run(rule, db, ret);
	set_place(rule->sql, body_of(rule->sql), ret);
	_free_ char *why = NULL;
	if (twin && asprintf(&why, "it has two columns \"%s\"", twin) < 0)
		return &err_nomem;
	return fault(ret, twin ? why : "it has no column \"because\"");
}

/* Where the value of a header's key begins; false: it has no such line. */
static bool find_value(const char *sql, const char *key, size_t *ret)
{
	for (const char *line = sql; !strncmp(line, "--", 2);) {
		const char *at = line + 2 + strspn(line + 2, " ");

		if (has_prefix(at, key) && at[strlen(key)] == ':') {
			at += strlen(key) + 1;
			*ret = (size_t)(at + strspn(at, " \t") - sql);
			return true;
		}
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	return false;
}

static bool is_severity(const char *word)
{
	static const char *const words[] = {"info", "notice", "warning", "critical"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

struct err *rule_check(const struct rule *rule, struct db *db, struct rule_fault *ret)
{
	size_t value;

	*ret = (struct rule_fault){0};
	if (rule->broken) {
		ret->line = rule->line;
		ret->column = rule->line ? 1 : 0;
		if (rule->wrong_key && find_value(rule->sql, rule->wrong_key, &value))
			set_place(rule->sql, value, ret);
		return fault(ret, rule->broken);
	}
	if (!rule->severity || is_severity(rule->severity) ||
	    !find_value(rule->sql, "severity", &value))
		return check_select(rule, db, ret);
	set_place(rule->sql, value, ret);
	return fault(ret, "its severity is none of info, notice, warning, critical");
}
