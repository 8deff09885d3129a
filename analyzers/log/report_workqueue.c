/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "BUG: workqueue lockup" says of the pool that is stuck: what runs in it, what waits behind it. */
#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "log/report_stall.h"

#define PIDS (1u << 22)

/* "pwq 2: cpus=1 node=0 flags=0x0 nice=0 active=3/256": of the pool that the first line names? */
static bool is_stuck_pool(const struct report *report, const char *text)
{
	const char *stuck = strstr(report->message, "cpus="), *own = strstr(text, "cpus=");
	const char *end = stuck ? strstr(stuck, " stuck for ") : NULL;

	return own && end && !strncmp(stuck, own, (size_t)(end - stuck));
}

/* "512:f [module]", "101(RESCUER):f BAR(5)": a worker and the function it runs. */
static void take_running(struct report *report, const char *text)
{
	uint64_t pid;

	if (report->work[0] || !parse_dec_start(text, &pid) || pid > PIDS)
		return;
	text += strcspn(text, ":");
	if (*text != ':')
		return;
	report->pid = (int32_t)pid;
	copy_part(report->work, sizeof(report->work), text + 1, strcspn(text + 1, " ,"));
	text += 1 + strcspn(text + 1, " ,");
	if (text[0] == ' ' && text[1] == '[')
		copy_part(report->work_module, sizeof(report->work_module), text + 2,
			  strcspn(text + 2, "]"));
}

static void take_pending(struct report *report, const char *text)
{
	size_t length = strlen(report->pending);
	size_t room = sizeof(report->pending) - length;

	if (room > 3 && length)
		memcpy(report->pending + length, ", ", 3);
	length = strlen(report->pending);
	copy_string(report->pending + length, sizeof(report->pending) - length, text);
}

bool report_workqueue_take(struct report_reader *reader, const char *line)
{
	struct report *report = reader->report;
	const char *text = line + strspn(line, " \t");

	if (has_prefix(text, "workqueue ")) {
		copy_part(reader->title, sizeof(reader->title), text + 10, strcspn(text + 10, ":"));
		reader->in_pool = false;
	} else if (has_prefix(text, "pwq ")) {
		reader->in_pool = is_stuck_pool(report, text);
	} else if (has_prefix(text, "in-flight: ") && reader->in_pool) {
		if (!report->work[0])
			copy_string(report->workqueue, sizeof(report->workqueue), reader->title);
		take_running(report, text + 11);
	} else if (has_prefix(text, "pending: ") && reader->in_pool) {
		take_pending(report, text + 9);
	} else {
		return has_prefix(text, "pool ") || has_prefix(text, "Showing b") ||
		       has_prefix(text, "in-flight: ") || has_prefix(text, "pending: ");
	}
	return true;
}
