/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the rules of the fleet and their headers. */
#include "daemon/fleet/fleet_rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "rules/embedded.h"

#define RULE_SIZE_MAX (64u << 10)
#define ID_MAX 64

static void rule_deinit(struct fleet_rule *rule)
{
	free(rule->id);
	free(rule->title);
	free(rule->severity);
	free(rule->advice);
	free(rule->sql);
	*rule = (struct fleet_rule){0};
}

void fleet_rules_free(struct fleet_rules *rules)
{
	if (!rules)
		return;
	for (size_t i = 0; i < rules->count; i++)
		rule_deinit(&rules->list[i]);
	free(rules);
}

/* --- a header --------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	size_t slot; /* where in struct fleet_rule its text goes */
} keys[] = {{"id", offsetof(struct fleet_rule, id)},
	    {"title", offsetof(struct fleet_rule, title)},
	    {"severity", offsetof(struct fleet_rule, severity)},
	    {"advice", offsetof(struct fleet_rule, advice)}};

/* Lines of the same key are joined. */
static struct err *add_text(char **text, const char *more, size_t length)
{
	char *joined;

	if (asprintf(&joined, "%s%s%.*s", *text ? *text : "", *text ? "\n" : "", (int)length,
		     more) < 0)
		return &err_nomem;
	free(*text);
	*text = joined;
	return NULL;
}

/* "-- key: value"; any other comment is one. */
static struct err *read_line(struct fleet_rule *rule, const char *line, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		size_t key = strlen(keys[i].name);

		if (length < key + 5 || strncmp(line + 3, keys[i].name, key) ||
		    strncmp(line + 3 + key, ": ", 2))
			continue;
		return add_text((char **)((char *)rule + keys[i].slot), line + key + 5,
				length - key - 5);
	}
	return NULL;
}

static bool is_id(const char *id)
{
	return id && *id && strlen(id) <= ID_MAX &&
	       !id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_")];
}

static bool is_severity(const char *word)
{
	static const char *const words[] = {"info", "notice", "warning", "critical"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

static struct err *read_header(struct fleet_rule *rule, const char *sql)
{
	while (has_prefix(sql, "--")) {
		size_t length = strcspn(sql, "\n");

		TRY(read_line(rule, sql, length));
		sql += length + (sql[length] == '\n');
	}
	if (!is_id(rule->id))
		return err_new(ERR_INVALID, "its header has no id of a-z, 0-9 and _");
	if (!rule->title)
		return err_new(ERR_INVALID, "its header has no title");
	if (!rule->severity && !(rule->severity = strdup("warning")))
		return &err_nomem;
	if (!is_severity(rule->severity))
		return err_new(ERR_INVALID, "severity is none of info, notice, warning, critical");
	return NULL;
}

/* --- all of them ------------------------------------------------------------------------------ */

/* In the place of one that has its id. */
static struct err *put(struct fleet_rules *rules, struct fleet_rule *rule)
{
	size_t at = 0;

	while (at < rules->count && strcmp(rules->list[at].id, rule->id) != 0)
		at++;
	if (at == FLEET_RULES_MAX)
		return err_new(ERR_LIMIT, "more than %d rules", FLEET_RULES_MAX);
	if (at == rules->count)
		rules->count++;
	else
		rule_deinit(&rules->list[at]);
	rules->list[at] = *rule;
	*rule = (struct fleet_rule){0};
	return NULL;
}

static struct err *add(struct fleet_rules *rules, const char *name, const char *sql)
{
	_cleanup_(rule_deinit) struct fleet_rule rule = {.sql = strdup(sql)};

	if (!rule.sql)
		return &err_nomem;
	TRY(err_wrap(read_header(&rule, sql), "%s", name));
	return put(rules, &rule);
}

static struct err *add_file(struct fleet_rules *rules, const char *dir, const char *name)
{
	_free_ char *text = calloc(1, RULE_SIZE_MAX + 1), *path = NULL;
	_close_ int fd = -1;
	size_t got;

	if (!text || asprintf(&path, "%s/%s", dir, name) < 0)
		return &err_nomem;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(errno, "%s", path);
	TRY(err_wrap(io_read_at(fd, 0, text, RULE_SIZE_MAX + 1, &got), "%s", path));
	if (got > RULE_SIZE_MAX || strlen(text) != got)
		return err_new(ERR_INVALID, "%s: no rule: longer than %u KiB, or not text", path,
			       RULE_SIZE_MAX >> 10);
	return add(rules, path, text);
}

static int is_rule_file(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && has_suffix(entry->d_name, ".sql");
}

static struct err *add_directory(struct fleet_rules *rules, const char *dir)
{
	struct dirent **entries = NULL;
	int count = scandir(dir, &entries, is_rule_file, alphasort);
	struct err *err = NULL;

	if (count < 0)
		return err_errno(errno, "%s", dir);
	for (int i = 0; i < count; i++) {
		if (!err)
			err = add_file(rules, dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

struct err *fleet_rules_load(const char *site_dir, struct fleet_rules **ret)
{
	_cleanup_(cleanup_fleet_rules_free) struct fleet_rules *rules = calloc(1, sizeof(*rules));

	if (!rules)
		return &err_nomem;
	for (const struct embedded_sql *one = embedded_fleet_rules; one->name; one++)
		TRY(add(rules, one->name, one->sql));
	if (site_dir)
		TRY(add_directory(rules, site_dir));
	*ret = take_ptr(rules);
	return NULL;
}
