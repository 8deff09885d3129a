/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the files of a site. */
#include "daemon/cli/site_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

#define CRASHES "crash"
#define STATE_NAME ".triage-report.json"
#define UID_MAX 100

static struct err *make(const char *dir)
{
	if (mkdir(dir, 0755) && errno != EEXIST)
		return err_errno(errno, "%s", dir);
	return NULL;
}

struct err *site_files_open(const char *dir, struct site_files *ret)
{
	*ret = (struct site_files){.dir = strdup(dir)};
	if (!ret->dir || asprintf(&ret->crashes, "%s/" CRASHES, dir) < 0) {
		ret->crashes = NULL;
		return &err_nomem;
	}
	TRY(make(ret->dir));
	return make(ret->crashes);
}

void site_files_deinit(struct site_files *files)
{
	free(files->dir);
	free(files->crashes);
}

/* Has the file this very text? */
static bool is_same(const char *dir, const char *name, const struct str *text)
{
	_free_ char *path = NULL, *have = malloc(text->length + 1);
	_close_ int fd = -1;
	size_t got;

	if (!have || asprintf(&path, "%s/%s", dir, name) < 0)
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd >= 0 && err_ok(io_read_at(fd, 0, have, text->length + 1, &got)) &&
	       got == text->length && !memcmp(have, text->data, got);
}

struct err *site_files_put(struct site_files *files, const char *dir, const char *name,
			   const struct str *text)
{
	if (text->failed || !text->data)
		return &err_nomem;
	if (is_same(dir, name, text)) {
		files->kept++;
		return NULL;
	}
	files->written++;
	return io_replace(dir, name, text->data, 0644);
}

bool site_files_name(const char *uid, char name[128])
{
	size_t length = uid ? strlen(uid) : 0;

	if (!length || length > UID_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)uid[i]) && uid[i] != '-' && uid[i] != '_')
			return false;
	snprintf(name, 128, "%s.html", uid);
	return true;
}

bool site_files_has(const struct site_files *files, const char *uid, char href[128])
{
	_free_ char *path = NULL;
	char name[128];

	if (!site_files_name(uid, name) || asprintf(&path, "%s/%s", files->crashes, name) < 0)
		return false;
	snprintf(href, 128, CRASHES "/%.110s", name);
	return !access(path, F_OK);
}

struct err *site_files_pages(const struct site_files *files, char **ret)
{
	_json_ json_t *uids = json_array();
	DIR *dir = opendir(files->crashes);
	struct dirent *entry;

	if (!dir)
		return err_errno(errno, "%s", files->crashes);
	while ((entry = readdir(dir))) {
		char uid[UID_MAX + 1], name[128];

		if (!has_suffix(entry->d_name, ".html"))
			continue;
		copy_part(uid, sizeof(uid), entry->d_name, strlen(entry->d_name) - 5);
		if (site_files_name(uid, name))
			json_array_append_new(uids, json_string(uid));
	}
	closedir(dir);
	*ret = json_dumps(uids, JSON_COMPACT);
	return *ret ? NULL : &err_nomem;
}

struct err *site_files_remove(const struct site_files *files, const char *uid)
{
	_free_ char *path = NULL;
	char name[128];

	if (!site_files_name(uid, name))
		return NULL;
	if (asprintf(&path, "%s/%s", files->crashes, name) < 0)
		return &err_nomem;
	return unlink(path) && errno != ENOENT ? err_errno(errno, "%s", path) : NULL;
}

json_t *site_files_state(const struct site_files *files)
{
	_free_ char *path = NULL;
	json_t *state;

	if (asprintf(&path, "%s/" STATE_NAME, files->dir) < 0)
		return json_object();
	state = json_load_file(path, 0, NULL);
	if (json_is_object(state))
		return state;
	json_decref(state);
	return json_object();
}

struct err *site_files_keep_state(const struct site_files *files, const json_t *state)
{
	_free_ char *text = json_dumps(state, JSON_COMPACT);

	return text ? io_replace(files->dir, STATE_NAME, text, 0644) : &err_nomem;
}
