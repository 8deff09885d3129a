/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads rules, the built-in ones and a site's: their headers, and what is wrong with them. */
#include "rules/rules.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/array.h"
#include "base/str.h"
#include "json.h"
#include "rules/embedded.h"

#define RULE_SIZE_MAX (64u << 10)
#define RULES_MAX 1024
#define CONFIDENCE_UNSAID 0.5
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct rules {
	struct rule *list;
	size_t count;
	bool site; /* those that are read now are a site's */
};

/* A rule whose header is being read. */
struct header {
	struct rule rule;
	char *confidence;
};

static const struct {
	const char *name;
	size_t slot; /* where in struct header its text goes */
} keys[] = {
	{"id", offsetof(struct header, rule.id)},
	{"title", offsetof(struct header, rule.title)},
	{"cause", offsetof(struct header, rule.cause)},
	{"severity", offsetof(struct header, rule.severity)},
	{"confidence", offsetof(struct header, confidence)},
	{"advice", offsetof(struct header, rule.advice)},
	{"reference", offsetof(struct header, rule.reference)},
	{"see", offsetof(struct header, rule.see)},
	{"rules-out", offsetof(struct header, rule.rules_out)},
};

static void rule_deinit(struct rule *rule)
{
	free(rule->file);
	free(rule->sql);
	free(rule->broken);
	free(rule->id);
	free(rule->title);
	free(rule->cause);
	free(rule->severity);
	free(rule->advice);
	free(rule->reference);
	free(rule->see);
	free(rule->rules_out);
	if (rule->replaced)
		rule_deinit(rule->replaced);
	free(rule->replaced);
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

const struct rule *rules_at(const struct rules *rules, size_t i)
{
	return &rules->list[i];
}

/* --- the header ------------------------------------------------------------------------------- */

static void add_value(char **slot, const char *value, size_t length)
{
	_str_ struct str joined = {0};

	if (*slot)
		str_printf(&joined, "%s\n", *slot);
	str_append(&joined, value, length);
	free(*slot);
	*slot = str_take(&joined);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* One "-- key: value" line. Comments without a known key are comments. */
static void read_key(struct header *header, const char *line, size_t length)
{
	for (size_t key = 0; key < ARRAY_SIZE(keys); key++) {
		size_t name = strlen(keys[key].name);

		if (length < name + 1 || strncmp(line, keys[key].name, name) || line[name] != ':')
			continue;
		const char *value = line + name + 1;
		size_t left = length - name - 1;
		while (left && is_space(*value))
			value++, left--;
		while (left && is_space(value[left - 1]))
			left--;
		add_value((char **)((char *)header + keys[key].slot), value, left);
	}
}

static void read_lines(struct header *header)
{
	for (const char *line = header->rule.sql; !strncmp(line, "--", 2);) {
		size_t length = strcspn(line, "\n");
		size_t skip = 2 + strspn(line + 2, " ");

		if (skip < length)
			read_key(header, line + skip, length - skip);
		line += length + (line[length] == '\n');
	}
}

static bool read_confidence(const char *text, double *ret)
{
	char *end;

	*ret = CONFIDENCE_UNSAID;
	if (!text)
		return true;
	*ret = strtod(text, &end);
	return !*end && end != text && *ret >= 0 && *ret <= 1;
}

/* The line that is no UTF-8; 0: there is none. Lines are looked at apart: no character has a newline in it. */
static unsigned line_not_utf8(const char *text)
{
	for (unsigned number = 1; *text; number++) {
		size_t length = strcspn(text, "\n");
		_free_ char *line = strndup(text, length);

		if (!line || !json_is_utf8(line))
			return number;
		text += length + (text[length] == '\n');
	}
	return 0;
}

static const char *read_header(struct header *header)
{
	struct rule *rule = &header->rule;

	read_lines(header);
	rule->line = 1;
	if (!rule->id || !rule->id[0])
		return "its header has no id";
	if (!rule->cause)
		return "its header has no cause";
	rule->line = line_not_utf8(rule->sql);
	if (rule->line)
		return "it is not UTF-8";
	if (read_confidence(header->confidence, &rule->confidence))
		return NULL;
	rule->wrong_key = "confidence";
	return "its confidence is no number from 0 to 1";
}

/* --- the list --------------------------------------------------------------------------------- */

/* Takes the rule over; one of its id is replaced. */
static struct err *place(struct rules *rules, struct rule *rule)
{
	for (size_t i = 0; rule->id && i < rules->count; i++) {
		struct rule *old = &rules->list[i];

		if (!old->id || strcmp(old->id, rule->id) != 0)
			continue;
		rule->replaced = malloc(sizeof(*old));
		if (!rule->replaced)
			return &err_nomem;
		*rule->replaced = *old;
		*old = *rule;
		return NULL;
	}
	if (!array_grow(rules->list, rules->count))
		return &err_nomem;
	rules->list[rules->count++] = *rule;
	return NULL;
}

/* Takes sql over. A rule that cannot even be read has none, and why says so. */
static struct err *add_rule(struct rules *rules, const char *file, char *sql, bool tested,
			    const char *why)
{
	struct header header = {
		.rule = {.file = strdup(file), .sql = sql, .site = rules->site, .tested = tested}};

	if (sql)
		why = read_header(&header);
	free(header.confidence);
	if (why)
		header.rule.broken = strdup(why);
	struct err *err = place(rules, &header.rule);
	if (err)
		rule_deinit(&header.rule);
	return err;
}

/* --- a site's files --------------------------------------------------------------------------- */

static bool has_test(int directory, const char *name)
{
	_free_ char *path = NULL;

	return asprintf(&path, "%.*s.test.json", (int)strlen(name) - 4, name) >= 0 &&
	       !faccessat(directory, path, F_OK, 0);
}

static struct err *add_file(struct rules *rules, int directory, const char *name)
{
	_close_ int fd = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	_free_ char *sql = calloc(1, RULE_SIZE_MAX + 1);

	if (!sql)
		return &err_nomem;
	ssize_t size = fd < 0 ? -1 : read(fd, sql, RULE_SIZE_MAX + 1);
	if (size < 0)
		return add_rule(rules, name, NULL, false, strerror(errno));
	if (size > (ssize_t)RULE_SIZE_MAX)
		return add_rule(rules, name, NULL, false, "it is larger than 64 KiB");
	sql[size] = '\0';
	if (strlen(sql) < (size_t)size)
		return add_rule(rules, name, NULL, false, "it has a NUL byte in it");
	if (has_prefix(sql, BYTE_ORDER_MARK)) /* as some editors begin a file */
		memmove(sql, sql + strlen(BYTE_ORDER_MARK),
			strlen(sql + strlen(BYTE_ORDER_MARK)) + 1);
	return add_rule(rules, name, take_ptr(sql), has_test(directory, name), NULL);
}

static int is_sql(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > 4 && !strcmp(entry->d_name + length - 4, ".sql");
}

static struct err *add_entries(struct rules *rules, int directory, struct dirent **entries,
			       int count)
{
	for (int i = 0; i < count; i++)
		TRY(add_file(rules, directory, entries[i]->d_name));
	return NULL;
}

/* Many a site has no rules of its own; one whose rules cannot be read is to know of it. */
static struct err *add_directory(struct rules *rules, const char *path)
{
	_close_ int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent **entries = NULL;

	if (directory < 0 && errno == ENOENT)
		return NULL;
	int count = directory < 0 ? -1 : scandirat(directory, ".", &entries, is_sql, alphasort);
	if (count < 0)
		return add_rule(rules, path, NULL, false, strerror(errno));
	struct err *err = count > RULES_MAX ? add_rule(rules, path, NULL, false,
						       "it holds more than 1024 rules")
					    : add_entries(rules, directory, entries, count);
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	return err;
}

struct err *rules_load(const char *site_dir, struct rules **ret)
{
	_cleanup_(cleanup_rules_free) struct rules *rules = calloc(1, sizeof(*rules));
	unsigned before = alloc_failures();

	if (!rules)
		return &err_nomem;
	for (const struct embedded_sql *one = embedded_rules; one->name; one++)
		TRY(add_rule(rules, one->name, strdup(one->sql), one->tested, "out of memory"));
	rules->site = true;
	if (site_dir)
		TRY(add_directory(rules, site_dir));
	if (alloc_failures() != before)
		return &err_nomem;
	*ret = take_ptr(rules);
	return NULL;
}

const struct rule *rules_find(const struct rules *rules, const char *name)
{
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *rule = &rules->list[i];

		if ((rule->id && !strcmp(rule->id, name)) || !strcmp(rule->file, name))
			return rule;
	}
	return NULL;
}
