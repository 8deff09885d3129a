/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Deletes old reports, and dumps where that is wanted. */
#include "daemon/retention.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/array.h"
#include "base/str.h"
#include "daemon/log.h"
#include "daemon/spool/spool_path.h"
#include "rules/db.h"
#include "daemon/store/queue.h"

#define FIRST_MS 60000
#define INTERVAL_MS 3600000
#define DUMPS_MAX 100000

struct retention {
	struct daemon *daemon;
	struct timer timer;
	bool troubled;
};

struct file_list {
	struct kept_file *files;
	size_t count;
};

static void list_deinit(struct file_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->files[i].path);
	free(list->files);
}

static struct err *list_add(struct file_list *list, const char *path, int64_t time, uint64_t size)
{
	char *copy = array_grow(list->files, list->count) ? strdup(path) : NULL;

	if (!copy)
		return &err_nomem;
	list->files[list->count++] = (struct kept_file){copy, time, size, false};
	return NULL;
}

static int newest_first(const void *a, const void *b)
{
	const struct kept_file *x = a, *y = b;

	if (x->time != y->time)
		return x->time < y->time ? 1 : -1;
	return strcmp(x->path, y->path);
}

void retention_choose(struct kept_file *files, size_t count, const struct keep_rules *rules,
		      int64_t now)
{
	uint64_t size = 0;

	if (count)
		qsort(files, count, sizeof(*files), newest_first);
	for (size_t i = 0; i < count; i++) {
		size += files[i].size;
		files[i].doomed = i && ((rules->count && i >= rules->count) ||
					(rules->time_ms &&
					 now - files[i].time > (int64_t)(rules->time_ms / 1000)) ||
					(rules->size && size > rules->size));
	}
}

/* --- report files --- */

static struct err *list_reports(const char *directory, struct file_list *list)
{
	DIR *stream = opendir(directory);
	struct err *err = NULL;
	struct dirent *item;

	if (!stream)
		return err_errno(errno, "open %s", directory);
	while (!err && (item = readdir(stream))) {
		struct stat st;

		if (has_suffix(item->d_name, ".json") &&
		    !fstatat(dirfd(stream), item->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode))
			err = list_add(list, item->d_name, st.st_mtime, st.st_size);
	}
	closedir(stream);
	return err;
}

static struct err *prune_reports(struct retention *retention, int64_t *ret)
{
	const struct config *config = retention->daemon->config;
	struct keep_rules rules = {config->report_keep_count, config->report_keep_time_ms,
				   config->report_keep_size};
	_cleanup_(list_deinit) struct file_list list = {0};
	_free_ char *directory = NULL;
	_close_ int fd = -1;

	if (asprintf(&directory, "%s/" REPORTS_NAME, retention->daemon->state_dir) < 0)
		return &err_nomem;
	fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_errno(errno, "open %s", directory);
	TRY(list_reports(directory, &list));
	retention_choose(list.files, list.count, &rules, time(NULL));
	for (size_t i = 0; i < list.count; i++)
		if (list.files[i].doomed && !unlinkat(fd, list.files[i].path, 0))
			(*ret)++;
	return NULL;
}

/* --- dumps --- */

static struct err *list_dumps(struct db *db, struct file_list *list)
{
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt,
		     "SELECT f.path, j.crash_time, f.size FROM spool_file f JOIN job j "
		     "ON j.dump = f.dump WHERE j.state IN ('done', 'quarantined') LIMIT ?",
		     "i", (int64_t)DUMPS_MAX));
	for (;;) {
		TRY(stmt_step(stmt, &row));
		if (!row)
			return NULL;
		TRY(list_add(list, stmt_text(stmt, 0), stmt_int(stmt, 1), stmt_int(stmt, 2)));
	}
}

/* Through the directory's descriptor, so that no link swapped in can lead elsewhere. */
static struct err *delete_dump(const struct config *config, const char *path)
{
	const char *root = spool_path_root(config, path), *name = strrchr(path, '/') + 1;
	_free_ char *directory = strndup(path, name - path - 1);
	_close_ int fd = -1;

	if (!directory)
		return &err_nomem;
	if (!root)
		return NULL;
	TRY(spool_path_open(root, directory, O_RDONLY | O_DIRECTORY, &fd));
	if (unlinkat(fd, name, 0) && errno != ENOENT)
		return err_errno(errno, "delete %s", path);
	return NULL;
}

static struct err *prune_dumps(struct retention *retention, int64_t *ret)
{
	const struct config *config = retention->daemon->config;
	struct store_guard *guard = retention->daemon->guard;
	struct keep_rules rules = {config->dump_keep_count, config->dump_keep_time_ms,
				   config->dump_keep_size};
	_cleanup_(list_deinit) struct file_list list = {0};

	if (!config->dump_delete || !store_guard_get(guard))
		return NULL;
	if (!store_guard_check(guard, list_dumps(store_guard_db(guard), &list), "list dumps"))
		return NULL;
	retention_choose(list.files, list.count, &rules, time(NULL));
	for (size_t i = 0; i < list.count; i++) {
		if (!list.files[i].doomed)
			continue;
		TRY(delete_dump(config, list.files[i].path));
		log_line(LOG_INFO, "deleted %s", list.files[i].path);
		(*ret)++;
	}
	return NULL;
}

struct retention_result retention_run(struct retention *retention)
{
	struct retention_result result = {0};
	struct err *err = prune_reports(retention, &result.reports);

	if (!err)
		err = prune_dumps(retention, &result.dumps);
	if (err && !retention->troubled)
		log_line(LOG_WARNING, "retention: %s; see DELETING DUMPS in triaged.conf(5)",
			 err->message);
	retention->troubled = err;
	err_free(err);
	return result;
}

static void on_timer(void *context)
{
	struct retention *retention = context;

	retention_run(retention);
	timer_set(retention->daemon->loop, &retention->timer, INTERVAL_MS);
}

struct err *retention_create(struct daemon *daemon, struct retention **ret)
{
	struct retention *retention = calloc(1, sizeof(*retention));

	if (!retention)
		return &err_nomem;
	retention->daemon = daemon;
	retention->timer = (struct timer){.run = on_timer, .context = retention};
	timer_set(daemon->loop, &retention->timer, FIRST_MS);
	*ret = retention;
	return NULL;
}

void retention_destroy(struct retention *retention)
{
	if (!retention)
		return;
	timer_stop(retention->daemon->loop, &retention->timer);
	free(retention);
}
