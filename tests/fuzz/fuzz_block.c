/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines of one report, of the kind that the first byte says, whatever line they would be. */
#include <stdlib.h>
#include <string.h>

#include "log/report_body.h"
#include "log/report_detail.h"
#include "log/report_head.h"
#include "log/report_kind_lines.h"
#include "log/report_task_line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void check_line(const char *line)
{
	struct report_task_line task;
	struct report_place place;
	struct report_frame frame;
	enum report_context context;
	const char *rest;

	report_task_line_read(line, &task);
	report_place_read(line, &place);
	report_frame_read(line, &frame, &rest);
	report_context_read(line, &context, &rest);
}

static void take(struct report_reader *reader, const char *line, size_t index)
{
	enum body_line kind = report_body_kind(line);

	check_line(line);
	report_kind_line_take(reader, line);
	if (kind != BODY_NONE)
		check(err_ok(report_body_take(reader, line, index, kind)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct report report = {.cpu = -1,
				.pid = -1,
				.tgid = -1,
				.by_cpu = -1,
				.stall = {.starved_cpu = -1},
				.modules_line = SIZE_MAX};
	struct report_reader reader = {.report = &report};

	if (!size)
		return 0;
	report.kind = data[0] % REPORT_KINDS;
	size_t index = 0;

	for (const uint8_t *at = data + 1, *end = data + size; at < end; index++) {
		const uint8_t *newline = memchr(at, '\n', (size_t)(end - at));
		size_t length = (size_t)((newline ? newline : end) - at);
		char *line =
			strndup((const char *)at, length); /* its own, so that ASan sees its end */

		if (!index)
			report_head_read(line, &report);
		else
			take(&reader, line, index);
		free(line);
		at += length + 1;
	}
	check(report.code_length <= sizeof(report.code) && report.pid >= -1 && report.cpu >= -1);
	report_deinit(&report);
	return 0;
}
