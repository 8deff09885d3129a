/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps how far the deliverer is, in a file. */
#include "daemon/deliver/deliver_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"

/* Of a file that is there to be read by others; the deliverer's own is some kilobytes. */
#define STATE_SIZE_MAX (256 << 10)

void deliver_state_deinit(struct deliver_state *state)
{
	free(state->epoch);
	free(state->why);
	json_decref(state->anchors);
	*state = (struct deliver_state){0};
}

/* *ret is NULL where there is no file. */
static struct err *read_file(const char *keep_dir, json_t **ret)
{
	_free_ char *path = NULL;
	struct stat st;

	*ret = NULL;
	if (asprintf(&path, "%s/" DELIVER_STATE_NAME, keep_dir) < 0)
		return &err_nomem;
	if (stat(path, &st) && errno == ENOENT)
		return NULL;
	if (access(path, R_OK))
		return err_errno(errno, "%s", path);
	*ret = st.st_size > STATE_SIZE_MAX ? NULL : json_load_file(path, 0, NULL);
	if (json_is_object(*ret))
		return NULL;
	json_decref(*ret);
	return err_new(ERR_CORRUPT,
		       "%s is damaged: how far verdicts were delivered is not known; without that "
		       "file all of them are delivered again",
		       path);
}

static char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_at(json, key);

	return text ? strdup(text) : NULL;
}

static json_t *list_of(const json_t *json, const char *key)
{
	json_t *list = json_at(json, key);

	return json_is_array(list) ? json_incref(list) : json_array();
}

struct err *deliver_state_load(const char *keep_dir, struct deliver_state *ret)
{
	_json_ json_t *json = NULL;

	*ret = (struct deliver_state){0};
	TRY(read_file(keep_dir, &json));
	ret->epoch = text_of(json, "epoch");
	ret->cursor = json_integer_at(json, "cursor");
	ret->anchors = list_of(json, "anchors");
	ret->delivered = json_integer_at(json, "delivered");
	ret->delivered_s = json_integer_at(json, "delivered_s");
	ret->attempts = json_integer_at(json, "attempts");
	ret->why = text_of(json, "why");
	ret->waits_since_s = json_integer_at(json, "waits_since_s");
	return NULL;
}

static json_t *time_or_null(int64_t seconds)
{
	return seconds ? json_integer(seconds) : json_null();
}

struct err *deliver_state_write(const char *keep_dir, const struct deliver_state *state)
{
	_json_ json_t *json = json_object();
	_free_ char *text = NULL;

	json_object_set_new(json, "epoch", json_escaped(state->epoch));
	json_object_set_new(json, "cursor", json_integer(state->cursor));
	json_object_set(json, "anchors", state->anchors);
	json_object_set_new(json, "delivered", json_integer(state->delivered));
	json_object_set_new(json, "delivered_s", time_or_null(state->delivered_s));
	json_object_set_new(json, "attempts", json_integer(state->attempts));
	json_object_set_new(json, "why", json_escaped(state->why));
	json_object_set_new(json, "waits_since_s", time_or_null(state->waits_since_s));
	text = json_dumps(json, JSON_COMPACT);
	return text ? io_replace(keep_dir, DELIVER_STATE_NAME, text, 0640) : &err_nomem;
}

/* --- one at a time ---------------------------------------------------------------------------- */

#define LOCK_NAME "lock"

static int open_lock(const char *keep_dir, int flags)
{
	_free_ char *path = NULL;

	if (asprintf(&path, "%s/" LOCK_NAME, keep_dir) < 0)
		return -1;
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0640);
}

struct err *deliver_state_lock(const char *keep_dir, int *fd)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	_close_ int mine = -1;

	if (mkdir(keep_dir, 0750) && errno != EEXIST)
		return err_errno(errno, "%s", keep_dir);
	mine = open_lock(keep_dir, O_RDWR | O_CREAT);
	if (mine < 0)
		return err_errno(errno, "%s/" LOCK_NAME, keep_dir);
	if (fcntl(mine, F_OFD_SETLK, &lock))
		return err_new(ERR_INVALID, "another triage deliver is at work with %s", keep_dir);
	*fd = take_fd(mine);
	return NULL;
}

static bool is_locked(const char *keep_dir)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	_close_ int fd = open_lock(keep_dir, O_RDONLY);

	return fd >= 0 && !fcntl(fd, F_OFD_GETLK, &lock) && lock.l_type != F_UNLCK;
}

json_t *deliver_state_read(const char *keep_dir)
{
	json_t *json = NULL;

	if (!err_ok(read_file(keep_dir, &json)) || !json)
		return NULL;
	json_object_del(json, "anchors");
	json_object_set_new(json, "running", json_boolean(is_locked(keep_dir)));
	return json;
}

/* ---------------------------------------------------------------------------------------------- */

void deliver_state_advance(struct deliver_state *state, int64_t number, const char *uid)
{
	state->cursor = number;
	state->delivered++;
	state->delivered_s = time(NULL);
	state->attempts = 0;
	json_array_insert_new(state->anchors, 0,
			      json_pack("{s:s, s:I}", "uid", uid, "number", (json_int_t)number));
	if (json_array_size(state->anchors) > DELIVER_ANCHORS_MAX)
		json_array_remove(state->anchors, DELIVER_ANCHORS_MAX);
}
