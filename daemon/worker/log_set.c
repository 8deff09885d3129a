/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells which files are one log, and in which order. */
#include "daemon/worker/log_set.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"

#define DIGITS "0123456789"

/* What a file's name says of its place among the files of its log. */
struct name {
	const char *start;
	size_t stem; /* bytes of the path that all files of the log begin with */
	enum {
		NAME_PLAIN,    /* messages: the one that is written to */
		NAME_NUMBERED, /* messages.1: the higher, the older */
		NAME_DATED,    /* messages-20240101: the lower, the older */
		NAME_PART,     /* of pstore: its first line tells */
	} kind;
	uint64_t number;
};

static size_t without_packing(const char *path)
{
	static const char *const suffixes[] = {".gz", ".bz2", ".xz", ".zst", ".lz4"};
	size_t length = strlen(path);

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (has_suffix(path, suffixes[i]))
			return length - strlen(suffixes[i]);
	return length;
}

/* Where the digits begin that path[..length) ends in. */
static size_t digits_from(const char *path, size_t length)
{
	while (length && strchr(DIGITS, path[length - 1]))
		length--;
	return length;
}

/* "-20240101", "-20240101-1704067200", "-2024-01-01": the date as a number. */
static bool read_date(const char *path, size_t length, struct name *name)
{
	size_t from = digits_from(path, length), count = length - from;

	if (count == 10 && from && path[from - 1] == '-') { /* dateformat -%Y%m%d-%s */
		length = from - 1;
		from = digits_from(path, length);
		count = length - from;
	}
	if (count == 2 && from > 8 && path[from - 1] == '-' && path[from - 4] == '-' &&
	    digits_from(path, from - 4) == from - 8 && path[from - 9] == '-') {
		char date[9] = {0};

		memcpy(date, path + from - 8, 4);
		memcpy(date + 4, path + from - 3, 2);
		memcpy(date + 6, path + from, 2);
		name->stem = from - 9;
		return parse_dec(date, 8, &name->number);
	}
	name->stem = from ? from - 1 : 0;
	return count == 8 && from > 1 && path[from - 1] == '-' &&
	       parse_dec(path + from, count, &name->number) && name->number > 19900000;
}

static bool read_number(const char *path, size_t length, struct name *name)
{
	size_t from = digits_from(path, length), count = length - from;

	name->stem = from ? from - 1 : 0;
	return count && count <= 4 && from > 1 && path[from - 1] == '.' && path[from - 2] != '/' &&
	       parse_dec(path + from, count, &name->number);
}

/* "dmesg-efi-171234567801001", "dmesg-ramoops-0", "dmesg-erst-…", with ".enc.z" behind it or not. */
static bool read_part(const char *path, size_t length, struct name *name)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	const char *dash = has_prefix(file, "dmesg-") ? strchr(file + 6, '-') : NULL;
	size_t digits = dash ? strspn(dash + 1, DIGITS) : 0;

	if (!digits || (size_t)(dash + 1 + digits - path) != length)
		return false;
	name->stem = (size_t)(dash - path);
	return parse_dec(dash + 1, digits, &name->number);
}

static struct name read_name(const char *path)
{
	struct name name = {.start = path};
	size_t length = without_packing(path);

	if (read_part(path, length, &name)) {
		name.kind = NAME_PART;
	} else if (read_date(path, length, &name)) {
		name.kind = NAME_DATED;
	} else if (read_number(path, length, &name)) {
		name.kind = NAME_NUMBERED;
	} else {
		name.kind = NAME_PLAIN;
		name.stem = length;
	}
	return name;
}

static bool is_one_log(const struct name *one, const struct name *other)
{
	return one->stem == other->stem && !memcmp(one->start, other->start, one->stem) &&
	       (one->kind == NAME_PART) == (other->kind == NAME_PART) &&
	       strcmp(one->start, other->start) != 0 &&
	       !(one->kind == NAME_PLAIN && other->kind == NAME_PLAIN);
}

/* The oldest first: dates before numbers, which logrotate gives in its first days alone. */
static int by_age(const void *a, const void *b)
{
	const struct name left = read_name(*(char *const *)a), right = read_name(*(char *const *)b);
	static const int ranks[] = {
		[NAME_DATED] = 0, [NAME_NUMBERED] = 1, [NAME_PART] = 2, [NAME_PLAIN] = 3};
	bool falls = left.kind == NAME_NUMBERED;

	if (left.kind != right.kind)
		return ranks[left.kind] < ranks[right.kind] ? -1 : 1;
	if (left.number != right.number)
		return (left.number < right.number) != falls ? -1 : 1;
	return strcmp(left.start, right.start);
}

static struct err *add(struct log_set *set, const char *path)
{
	char *copy;

	if (set->count == LOG_SET_MAX)
		return NULL;
	copy = strdup(path);
	if (!copy)
		return &err_nomem;
	set->paths[set->count++] = copy;
	return NULL;
}

static void sort(struct log_set *set)
{
	qsort(set->paths, set->count, sizeof(set->paths[0]), by_age);
}

struct err *log_set_take(const char **paths, size_t *count, bool (*is_log)(const char *path),
			 struct log_set *ret)
{
	const char *one = paths[0];
	const struct name first = read_name(one);
	size_t left = 0;

	TRY(add(ret, one));
	for (size_t i = 1; i < *count; i++) {
		const struct name name = read_name(paths[i]);

		if (is_one_log(&first, &name) && is_log(one) && is_log(paths[i]))
			TRY(add(ret, paths[i]));
		else
			paths[left++] = paths[i];
	}
	*count = left;
	sort(ret);
	return NULL;
}

/* The files of a directory, prefix before their names: those that are of one log with like, or parts. */
static struct err *scan(const char *directory, const char *prefix, const struct name *like,
			struct log_set *ret)
{
	DIR *stream = opendir(directory);
	struct err *err = NULL;

	for (struct dirent *item; stream && !err && (item = readdir(stream));) {
		_str_ struct str path = {0};

		str_puts(&path, prefix);
		str_puts(&path, item->d_name);
		struct name name = read_name(path.failed ? "" : path.data);

		if (path.failed)
			err = &err_nomem;
		else if (like ? is_one_log(like, &name) : name.kind == NAME_PART)
			err = add(ret, path.data);
	}
	if (stream)
		closedir(stream);
	return err;
}

struct err *log_set_older(const char *path, struct log_set *ret)
{
	const struct name name = read_name(path);
	const char *slash = strrchr(path, '/');
	_str_ struct str prefix = {0};

	if (name.kind != NAME_PLAIN)
		return NULL;
	str_append(&prefix, path, slash ? (size_t)(slash + 1 - path) : 0);
	if (prefix.failed)
		return &err_nomem;
	TRY(scan(slash ? prefix.data : ".", prefix.data, &name, ret));
	sort(ret);
	for (size_t i = 0; i < ret->count / 2; i++) {
		char *older = ret->paths[i];

		ret->paths[i] = ret->paths[ret->count - 1 - i];
		ret->paths[ret->count - 1 - i] = older;
	}
	return NULL;
}

struct err *log_set_of_pstore(const char *directory, struct log_set *ret)
{
	_str_ struct str prefix = {0};

	str_puts(&prefix, directory);
	str_puts(&prefix, "/");
	if (prefix.failed)
		return &err_nomem;
	TRY(scan(directory, prefix.data, NULL, ret));
	sort(ret);
	return NULL;
}

void log_set_deinit(struct log_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		free(set->paths[i]);
	set->count = 0;
}
