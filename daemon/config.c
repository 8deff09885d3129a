/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads triaged.conf by the table in config.def. */
#include "daemon/config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/parse.h"
#include "base/str.h"

#define CONFIG_SIZE_MAX (64u << 10)
#define LIST_MAX 64

enum key_type { TYPE_LIST, TYPE_PATH, TYPE_TEXT, TYPE_NUMBER, TYPE_TIME, TYPE_SIZE, TYPE_BOOLEAN };

struct config_key {
	const char *name;
	enum key_type type;
	size_t offset;
	const char *initial;
	uint64_t min, max; /* times in seconds here, kept in milliseconds */
};

/* clang-format off */
static const struct config_key keys[] = {
#define MEMBER_LIST(m) m
#define MEMBER_PATH(m) m
#define MEMBER_NUMBER(m) m
#define MEMBER_SIZE(m) m
#define MEMBER_BOOLEAN(m) m
#define MEMBER_TEXT(m) m
#define MEMBER_TIME(m) m##_ms
#define KEY(name, type, member, initial, min, max, what)                                           \
	{#name, TYPE_##type, offsetof(struct config, MEMBER_##type(member)), initial, min, max},
#include "daemon/config.def"
#undef KEY
};
/* clang-format on */

struct unit {
	const char *suffix;
	uint64_t factor;
};

static const struct unit times[] = {
	{"ms", 1},	{"s", 1000},	 {"", 1000},	   {"min", 60000},     {"m", 60000},
	{"h", 3600000}, {"d", 86400000}, {"w", 604800000}, {"y", 31557600000}, {NULL, 0}};
static const struct unit sizes[] = {{"", 1},	       {"K", 1ull << 10}, {"M", 1ull << 20},
				    {"G", 1ull << 30}, {"T", 1ull << 40}, {NULL, 0}};
static const struct unit numbers[] = {{"", 1}, {NULL, 0}};

/* "5min" → 300000. The whole text or nothing. */
static bool parse_quantity(const char *text, const struct unit *units, uint64_t *ret)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t value;

	if (!parse_dec(text, digits, &value))
		return false;
	text += digits;
	text += strspn(text, " ");
	for (; units->suffix; units++)
		if (!strcmp(text, units->suffix))
			return !__builtin_mul_overflow(value, units->factor, ret);
	return false;
}

bool config_parse_time(const char *text, uint64_t *ms)
{
	return parse_quantity(text, times, ms);
}

static bool parse_boolean(const char *text, uint64_t *ret)
{
	static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(text, words[i]))
			continue;
		*ret = i % 2;
		return true;
	}
	return false;
}

static struct err *add_item(struct config_list *list, const char *text)
{
	size_t length = strlen(text);

	if (text[0] != '/')
		return err_new(ERR_INVALID, "not an absolute path");
	if (list->count == LIST_MAX)
		return err_new(ERR_LIMIT, "given more than %d times", LIST_MAX);
	while (length > 1 && text[length - 1] == '/')
		length--;
	if (!array_grow(list->items, list->count) ||
	    !(list->items[list->count] = strndup(text, length)))
		return &err_nomem;
	list->count++;
	return NULL;
}

/* Of a file, or "none". */
static struct err *set_path(char **path, const char *text)
{
	if (!strcmp(text, "none"))
		return NULL;
	if (text[0] != '/')
		return err_new(ERR_INVALID, "not an absolute path");
	if (has_suffix(text, "/"))
		return err_new(ERR_INVALID, "a directory, not a file");
	*path = strdup(text);
	return *path ? NULL : &err_nomem;
}

/* Any words, or "none". */
static struct err *set_text(char **member, const char *text)
{
	*member = strdup(strcmp(text, "none") ? text : "");
	return *member ? NULL : &err_nomem;
}

static struct err *set_key(struct config *config, const struct config_key *key, const char *text)
{
	void *member = (char *)config + key->offset;
	uint64_t value, scale = key->type == TYPE_TIME ? 1000 : 1;
	bool good;

	if (key->type == TYPE_LIST)
		return add_item(member, text);
	if (key->type == TYPE_PATH)
		return set_path(member, text);
	if (key->type == TYPE_TEXT)
		return set_text(member, text);
	if (key->type == TYPE_BOOLEAN)
		good = parse_boolean(text, &value);
	else
		good = parse_quantity(text,
				      key->type == TYPE_TIME   ? times
				      : key->type == TYPE_SIZE ? sizes
							       : numbers,
				      &value);
	if (!good)
		return err_new(ERR_INVALID, "not a %s: \"%s\"",
			       key->type == TYPE_BOOLEAN ? "yes or no"
			       : key->type == TYPE_TIME	 ? "time"
			       : key->type == TYPE_SIZE	 ? "size"
							 : "number",
			       text);
	if (key->type != TYPE_BOOLEAN && (value < key->min * scale || value > key->max * scale))
		return err_new(ERR_INVALID, "out of range (%llu to %llu%s): %s",
			       (unsigned long long)key->min, (unsigned long long)key->max,
			       key->type == TYPE_TIME ? " s" : "", text);
	*(uint64_t *)member = value;
	return NULL;
}

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return text + strspn(text, " \t\r");
}

/* One line; given has a bit for each key that was there. */
static struct err *parse_line(struct config *config, char *line, uint64_t *given)
{
	char *name = trim(line), *value = strchr(name, '=');

	if (!*name || *name == '#')
		return NULL;
	if (!value)
		return err_new(ERR_INVALID, "not \"key = value\"");
	*value++ = '\0';
	name = trim(name);
	value = trim(value);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strcmp(keys[i].name, name))
			continue;
		if (*given & 1ull << i && keys[i].type != TYPE_LIST)
			return err_new(ERR_INVALID, "%s given twice", name);
		*given |= 1ull << i;
		return err_wrap(set_key(config, &keys[i], value), "%s", name);
	}
	return err_new(ERR_INVALID, "no such key: \"%s\"", name);
}

static struct err *parse_lines(struct config *config, char *text, const char *source)
{
	uint64_t given = 0;
	unsigned number = 1;

	_Static_assert(ARRAY_SIZE(keys) <= 64, "one bit a key");
	for (char *line; (line = strsep(&text, "\n")); number++)
		TRY(err_wrap(parse_line(config, line, &given), "%s:%u", source, number));
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!(given & 1ull << i))
			TRY(set_key(config, &keys[i], keys[i].initial));
	return NULL;
}

struct err *config_parse(const char *text, const char *source, struct config **ret)
{
	_cleanup_(cleanup_config_free) struct config *config = calloc(1, sizeof(*config));
	_free_ char *copy = strdup(text);

	if (!config || !copy)
		return &err_nomem;
	TRY(parse_lines(config, copy, source));
	*ret = take_ptr(config);
	return NULL;
}

struct err *config_load(const char *path, struct config **ret)
{
	_free_ char *text = calloc(1, CONFIG_SIZE_MAX + 1);
	_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (!text)
		return &err_nomem;
	if (fd < 0 && errno == ENOENT && !strcmp(path, CONFIG_PATH))
		return config_parse("", path, ret);
	if (fd < 0)
		return err_errno(errno, "open %s", path);
	length = read(fd, text, CONFIG_SIZE_MAX + 1);
	if (length < 0)
		return err_errno(errno, "read %s", path);
	if (length > (ssize_t)CONFIG_SIZE_MAX || strlen(text) != (size_t)length)
		return err_new(ERR_INVALID, "%s: not a configuration file", path);
	return config_parse(text, path, ret);
}

void config_free(struct config *config)
{
	if (!config)
		return;
	for (size_t i = 0; i < config->spool.count; i++)
		free(config->spool.items[i]);
	free(config->spool.items);
	free(config->metrics_file);
	free(config->forward_to);
	free(config->fleet_store);
	free(config->on_verdict);
	free(config);
}
