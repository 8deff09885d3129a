/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lockdep reports: the task, the lock it takes, the one it holds. */
#include "log/report_lockdep.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "log/report_lock_line.h"
#include "log/report_task_line.h"

/* What a line says that a lock follows in the next. */
static const struct {
	const char *words;
	enum lockdep_role role;
} openings[] = {
	{" is trying to acquire lock:", ROLE_WANTED},
	{" is trying to acquire:", ROLE_WANTED},
	{" is trying to lock:", ROLE_WANTED},
	{" takes:", ROLE_WANTED},
	{" just changed the state of lock:", ROLE_WANTED},
	{" is trying to release lock (", ROLE_WANTED},
	{" with a lock still held there!", ROLE_WANTED},
	{"but task is already holding lock:", ROLE_OTHER},
	{"and this task is already holding:", ROLE_OTHER},
	{"but this task is not holding:", ROLE_OTHER},
	{"-unsafe lock in the past:", ROLE_OTHER},
	{"-safe lock in the past:", ROLE_OTHER},
	{"-READ-safe lock in the past:", ROLE_OTHER},
};

#define ROLE_LINES 3 /* of which all but one are another CPU's */

/* "labctl/1830 is trying …", "ksoftirqd/3/28 [HC0[0]:SC1[1]:HE1:SE0] takes:" */
static void take_task(struct report *report, const char *text, const char *end)
{
	const char *flags = strstr(text, " [HC");

	if (flags && flags < end)
		end = flags;
	if (report->pid < 0)
		report_task_name_read(text, end, report->comm, sizeof(report->comm), &report->pid);
}

/* "cat/1400 is trying to release lock (lab_seq_lock) at:": the next line is the place. */
static void take_released(struct report *report, const char *text)
{
	const char *name = strstr(text, " lock ("), *end = strstr(text, ") at:");

	if (name && end && end > name + 7)
		copy_part(report->wanted.name, sizeof(report->wanted.name), name + 7,
			  (size_t)(end - name - 7));
}

static bool take_opening(struct report_reader *reader, const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(openings); i++) {
		const char *at = strstr(text, openings[i].words);

		if (!at)
			continue;
		reader->role = openings[i].role;
		reader->role_lines = ROLE_LINES;
		if (openings[i].role == ROLE_WANTED)
			take_task(reader->report, text,
				  strstr(text, " is freeing memory ")
					  ? strstr(text, " is freeing memory ")
					  : at);
		if (strstr(text, " release lock ("))
			take_released(reader->report, text);
		return true;
	}
	return false;
}

static struct report_lock *expected(struct report_reader *reader)
{
	return reader->role == ROLE_WANTED  ? &reader->report->wanted
	       : reader->role == ROLE_OTHER ? &reader->report->other
					    : NULL;
}

/* The lock, or for one that is released its place alone. */
static bool take_lock(struct report_reader *reader, const char *text)
{
	struct report_lock *lock = expected(reader), found;
	struct report_frame frame;
	const char *rest;

	if (!lock)
		return false;
	if (report_lock_read(text, &found)) {
		if (!lock->name[0])
			*lock = found;
		else if (!strcmp(lock->name, found.name)) /* inlined there: its caller says more */
			lock->at = found.at;
		reader->role_lines = 1;
		return true;
	}
	if (!lock->name[0] && --reader->role_lines)
		return false;
	reader->role = ROLE_NONE;
	if (!lock->name[0] || lock->at.symbol[0] || !report_frame_read(text, &frame, &rest))
		return false;
	lock->at = frame.place;
	return true;
}

/* "-> #1 (&dev->cfg_lock){+.+.}-{3:3}:", "{SOFTIRQ-ON-W} state was registered at:": a trace follows. */
static bool take_title(struct report_reader *reader, const char *text)
{
	size_t length = strlen(text);

	if (!has_prefix(text, "-> #") && !strstr(text, "state was registered at:") &&
	    !has_prefix(text, "... ") && !has_prefix(text, "the shortest dependencies") &&
	    !(length > 3 && !strcmp(text + length - 3, "at:")))
		return false;
	copy_string(reader->title, sizeof(reader->title), text);
	reader->titled = true;
	return true;
}

/* "net/lab/lab_route.c:331 suspicious rcu_dereference_check() usage!" */
static bool take_usage(struct report *report, const char *text)
{
	const char *colon = strchr(text, ':');
	uint64_t line;

	if (!strstr(text, " suspicious rcu_dereference") || !colon ||
	    !parse_dec_start(colon + 1, &line) || line > UINT32_MAX)
		return false;
	copy_part(report->file, sizeof(report->file), text, (size_t)(colon - text));
	report->line = (unsigned)line;
	return true;
}

void report_lockdep_finish(struct report *report)
{
	/* Of a lock that is freed while held, the place is where it was taken. */
	if (!report->rip.symbol[0] && !strstr(report->message, "held lock freed"))
		report->rip = report->wanted.at;
}

bool report_lockdep_take_held(struct report_reader *reader, const char *line)
{
	struct report *report = reader->report;
	unsigned number;

	if (!strstr(report->message, "when returning to user space") || report->wanted.name[0])
		return false;
	return report_lock_owner_read(line, report->comm, sizeof(report->comm), &report->pid) ||
	       report_lock_listed(line, &number, &report->wanted);
}

bool report_lockdep_take(struct report_reader *reader, const char *line)
{
	const char *text = line + strspn(line, " \t");

	if (has_prefix(text, "stack backtrace:")) {
		reader->titled = false;
		return true;
	}
	return take_opening(reader, text) || take_lock(reader, text) || take_title(reader, text) ||
	       take_usage(reader->report, text);
}
