/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rules `triage rules` is about. */
#include "daemon/cli/rules_call.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/cli/nearest.h"

static bool is_path(const char *name)
{
	return strchr(name, '/') || has_suffix(name, ".sql") || has_suffix(name, ".test.json");
}

/* name.test.json stands for name.sql. */
static char *sql_name(const char *name)
{
	static const char test[] = ".test.json";
	char *sql = NULL;

	if (!has_suffix(name, test))
		return strdup(name);
	if (asprintf(&sql, "%.*s.sql", (int)(strlen(name) - strlen(test)), name) < 0)
		return NULL;
	return sql;
}

struct err *rules_call_place(const struct rules_call *call, char **dir, char **file)
{
	const char *name = call->word[0];
	const char *slash = name ? strrchr(name, '/') : NULL;
	struct stat st;

	*file = NULL;
	if (!name || (!stat(name, &st) && S_ISDIR(st.st_mode))) {
		*dir = strdup(name ? name : call->dir);
		return *dir ? NULL : &err_nomem;
	}
	if (access(name, R_OK))
		return err_errno(errno, "\"%s\"", name);
	*dir = slash ? strndup(name, (size_t)(slash - name) + 1) : strdup(".");
	*file = sql_name(slash ? slash + 1 : name);
	return *dir && *file ? NULL : &err_nomem;
}

static struct err *not_found(const struct rules *rules, const char *name)
{
	struct nearest nearest = {0};

	for (size_t i = 0; i < rules_count(rules); i++)
		nearest_try(&nearest, name, rules_at(rules, i)->id);
	if (nearest_is_typo(&nearest, name))
		return err_new(ERR_NOT_FOUND, "no rule %s; did you mean %s?", name, nearest.word);
	return err_new(ERR_NOT_FOUND, "no rule %s; see triage rules list", name);
}

struct err *rules_call_find(const struct rules_call *call, struct rules **rules,
			    const struct rule **rule)
{
	const char *name = call->word[0];
	_free_ char *dir = NULL, *file = NULL;

	if (is_path(name))
		TRY(rules_call_place(call, &dir, &file));
	TRY(rules_load(dir ? dir : call->dir, rules));
	*rule = rules_find(*rules, file ? file : name);
	return *rule ? NULL : not_found(*rules, name);
}

json_t *rules_call_see(const struct rule *rule)
{
	json_t *list = json_array();

	for (const char *line = rule->see ? rule->see : ""; *line; line += *line == '\n') {
		size_t length = strcspn(line, "\n");
		_free_ char *one = strndup(line, length);

		if (one)
			json_array_append_new(list, json_escaped(one));
		line += length;
	}
	return list;
}
