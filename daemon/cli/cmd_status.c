/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/control_socket.h"

extern const struct verb status_verb;

static const struct option options[] = {CMD_OPTIONS, {0}};

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "?";
}

static long long number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void put(struct str *out, const char *text)
{
	str_escape(out, text, strlen(text));
}

static void render_queue(const json_t *status, struct str *out)
{
	const char *key;
	json_t *value, *queue = json_object_get(status, "queue");

	str_puts(out, "queue    ");
	if (!json_object_size(queue))
		str_puts(out, " empty");
	json_object_foreach(queue, key, value)
		str_printf(out, " %lld %s", json_integer_value(value), key);
	str_puts(out, "\n");
}

static void render_running(const json_t *status, struct str *out)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(status, "running"), i, item)
	{
		str_printf(out, "running   %lld ", number_of(item, "id"));
		put(out, text_of(item, "path"));
		str_printf(out, ": %s, %lld s, pid %lld\n", text_of(item, "step"),
			   number_of(item, "seconds"), number_of(item, "pid"));
	}
}

static void render_spool(const json_t *status, struct str *out)
{
	const json_t *spool = json_object_get(status, "spool");
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(spool, "roots"), i, item)
	{
		str_puts(out, "spool     ");
		put(out, text_of(item, "path"));
		str_puts(out, json_is_true(json_object_get(item, "present"))
				      ? "\n"
				      : ": not there; it is looked for\n");
	}
	json_array_foreach(json_object_get(spool, "waiting"), i, item)
	{
		str_puts(out, "waiting   ");
		put(out, text_of(item, "path"));
		str_printf(out, ": %s; looked at again in %lld s\n", text_of(item, "why"),
			   number_of(item, "due_s"));
	}
	if (number_of(spool, "waiting_count") > (long long)i)
		str_printf(out, "waiting   %lld in all\n", number_of(spool, "waiting_count"));
}

static void render_disks(const json_t *status, struct str *out)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(status, "disks"), i, item)
	{
		char free_text[16], size_text[16];

		if (!json_object_get(item, "size_bytes"))
			continue;
		cmd_format_size(number_of(item, "free_bytes"), free_text);
		cmd_format_size(number_of(item, "size_bytes"), size_text);
		str_puts(out, "disk      ");
		put(out, text_of(item, "path"));
		str_printf(out, ": %s free of %s\n", free_text, size_text);
	}
}

static void render_status(const json_t *status, struct str *out)
{
	str_printf(out, "daemon    triaged %s, pid %lld, up %lld s\n", text_of(status, "version"),
		   number_of(status, "pid"), number_of(status, "uptime_s"));
	str_puts(out, "store     ");
	put(out, text_of(status, "store"));
	str_puts(out, "\n");
	render_queue(status, out);
	render_running(status, out);
	render_spool(status, out);
	render_disks(status, out);
}

static int run(int argc, char **argv)
{
	_json_ json_t *request = json_object(), *status = NULL;
	_cmd_ struct cmd cmd = {.verb = &status_verb};
	_str_ struct str out = {0};
	struct err *err;

	if (cmd_option(&cmd, argc, argv, options) == '?')
		return STATUS_USAGE;
	json_put(request, "verb", json_string("status"));
	err = control_socket_ask(cmd.run_dir, request, &status);
	if (err)
		return cmd_fail(cmd.json, err);
	if (cmd.json) {
		cmd_print_json(json_incref(status));
		return STATUS_OK;
	}
	render_status(status, &out);
	fputs(out.data ? out.data : "", stdout);
	return STATUS_OK;
}

const struct verb status_verb = {
	.name = "status",
	.synopsis = "status [--json]",
	.summary = "the daemon, its queue, what it runs and what it waits for",
	.run = run,
};
