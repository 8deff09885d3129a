/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells which files are one log, and in which order. */
#include "daemon/worker/log_set.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/spool/log_name.h"

/* The oldest first: dates before numbers, which logrotate gives in its first days alone. */
static int by_age(const void *a, const void *b)
{
	const struct log_name left = log_name_read(*(char *const *)a),
			      right = log_name_read(*(char *const *)b);

	return log_name_compare(&left, &right);
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
	const struct log_name first = log_name_read(one);
	size_t left = 0;

	TRY(add(ret, one));
	for (size_t i = 1; i < *count; i++) {
		const struct log_name name = log_name_read(paths[i]);

		if (log_name_is_one_log(&first, &name) && is_log(one) && is_log(paths[i]))
			TRY(add(ret, paths[i]));
		else
			paths[left++] = paths[i];
	}
	*count = left;
	sort(ret);
	return NULL;
}

/* The files of a directory, prefix before their names: those that are of one log with like, or parts. */
static struct err *scan(const char *directory, const char *prefix, const struct log_name *like,
			struct log_set *ret)
{
	DIR *stream = opendir(directory);
	struct err *err = NULL;

	for (struct dirent *item; stream && !err && (item = readdir(stream));) {
		_str_ struct str path = {0};

		str_puts(&path, prefix);
		str_puts(&path, item->d_name);
		struct log_name name = log_name_read(path.failed ? "" : path.data);

		if (path.failed)
			err = &err_nomem;
		else if (like ? log_name_is_one_log(like, &name) : name.kind == LOG_NAME_PART)
			err = add(ret, path.data);
	}
	if (stream)
		closedir(stream);
	return err;
}

struct err *log_set_older(const char *path, struct log_set *ret)
{
	const struct log_name name = log_name_read(path);
	const char *slash = strrchr(path, '/');
	_str_ struct str prefix = {0};

	if (name.kind != LOG_NAME_PLAIN)
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
