/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all verbs share: how they fail, and how they show what a worker is at. */
#include "daemon/cli/cmd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "json.h"

int cmd_fail(bool json, struct err *err)
{
	if (json) {
		_json_ json_t *object =
			json_pack("{s:{s:s, s:o}}", "error", "code", err_code_name(err->code),
				  "message", json_escaped(err->message));
		_free_ char *text = json_dumps(object, JSON_COMPACT);

		fprintf(stderr, "%s\n", text ? text : "{\"error\":null}");
	} else {
		_str_ struct str message = {0};

		str_escape(&message, err->message, strlen(err->message));
		fprintf(stderr, "triage: %s\n", message.data ? message.data : "out of memory");
	}
	err_free(err);
	return STATUS_USAGE;
}

struct err *cmd_check_profile(const char *path)
{
	return access(path, R_OK) ? err_errno(errno, "open \"%s\"", path) : NULL;
}

void cmd_progress_show(void *context, const char *step)
{
	const struct cmd_progress *progress = context;

	if (progress->shown)
		fprintf(stderr, "\r\033[K%s …", step);
}

void cmd_worker_said(void *context, const char *line)
{
	cmd_progress_end(context);
	fprintf(stderr, "worker: %s\n", line);
}

void cmd_progress_end(const struct cmd_progress *progress)
{
	if (progress->shown)
		fputs("\r\033[K", stderr);
}
