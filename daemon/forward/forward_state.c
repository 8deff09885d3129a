/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The forwarder's file for those who ask how far it is. */
#include "daemon/forward/forward_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of a file that is there to be read by others; the forwarder's own is a few hundred bytes. */
#define STATE_SIZE_MAX (64 << 10)

static json_t *text_or_null(const char *text)
{
	return text ? json_escaped(text) : json_null();
}

static json_t *time_or_null(int64_t seconds)
{
	return seconds ? json_integer(seconds) : json_null();
}

static json_t *state_json(const struct forward_state *state)
{
	json_t *json = json_object();

	json_object_set_new(json, "to", text_or_null(state->to));
	json_object_set_new(json, "epoch", text_or_null(state->epoch));
	json_object_set_new(json, "cursor", json_integer(state->cursor));
	json_object_set_new(json, "sent", json_integer(state->sent));
	json_object_set_new(json, "sent_s", time_or_null(state->sent_s));
	json_object_set_new(json, "why", text_or_null(state->why));
	json_object_set_new(json, "waits_since_s", time_or_null(state->waits_since_s));
	json_object_set_new(json, "pid", json_integer(getpid()));
	return json;
}

/* Beside it first, so that nobody reads half of it. */
void forward_state_write(const char *run_dir, const struct forward_state *state)
{
	_json_ json_t *json = state_json(state);
	_free_ char *path = NULL, *beside = NULL;

	if (asprintf(&path, "%s/" FORWARD_STATE_NAME, run_dir) < 0 ||
	    asprintf(&beside, "%s.new", path) < 0)
		return;
	if (!json_dump_file(json, beside, JSON_COMPACT))
		(void)!rename(beside, path);
}

json_t *forward_state_read(const char *run_dir)
{
	_free_ char *path = NULL;
	struct stat st;
	json_t *json;

	if (asprintf(&path, "%s/" FORWARD_STATE_NAME, run_dir) < 0 || stat(path, &st) ||
	    st.st_size > STATE_SIZE_MAX)
		return NULL;
	json = json_load_file(path, 0, NULL);
	if (json_is_object(json))
		return json;
	json_decref(json);
	return NULL;
}
