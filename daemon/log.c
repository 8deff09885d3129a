/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal, or stderr. */
#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "base/str.h"

static bool to_journal, log_debug;
static const char *log_name = "triaged";

/* Stderr is the journal's when $JOURNAL_STREAM names its device and inode (systemd.exec(5)). */
static bool stderr_is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == device && st.st_ino == inode;
}

void log_open(bool verbose)
{
	to_journal = stderr_is_journal();
	log_debug = verbose;
}

void log_as(const char *name)
{
	log_name = name;
}

static void write_line(int priority, const char *message)
{
	_str_ struct str line = {0};

	if (priority == LOG_DEBUG && !log_debug)
		return;
	str_escape(&line, message, strlen(message));
	if (to_journal)
		sd_journal_send("MESSAGE=%s", line.data ? line.data : "", "PRIORITY=%i", priority,
				NULL);
	else
		fprintf(stderr, "%s: %s\n", log_name, line.data ? line.data : "");
}

/* NULL on out-of-memory. */
static char *formatted(const char *fmt, va_list args)
{
	char *text;

	return vasprintf(&text, fmt, args) < 0 ? NULL : text;
}

void log_line(int priority, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	_free_ char *message = formatted(fmt, args);
	va_end(args);
	write_line(priority, message ? message : fmt);
}

void log_error(int priority, struct err *err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	_free_ char *context = formatted(fmt, args);
	va_end(args);
	log_line(priority, "%s: %s", context ? context : fmt, err->message);
	err_free(err);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

int log_verdict_priority(const char *severity, bool failed)
{
	static const struct {
		const char *severity;
		int priority;
	} priorities[] = {{"critical", LOG_CRIT},
			  {"warning", LOG_WARNING},
			  {"notice", LOG_NOTICE},
			  {"info", LOG_INFO}};
	int priority = LOG_NOTICE;

	for (size_t i = 0; severity && i < ARRAY_SIZE(priorities); i++)
		if (!strcmp(severity, priorities[i].severity))
			priority = priorities[i].priority;
	return failed ? MIN(priority, LOG_WARNING) : priority;
}

void log_verdict(const struct log_verdict *v)
{
	int priority = log_verdict_priority(v->severity, v->failed);
	_str_ struct str headline = {0}, path = {0}, before = {0};

	str_puts(&headline, "");
	str_puts(&before, v->history && *v->history ? "; " : "");
	str_escape(&before, or_empty(v->history), strlen(or_empty(v->history)));
	str_escape(&headline, or_empty(v->headline), strlen(or_empty(v->headline)));
	str_escape(&path, or_empty(v->path), strlen(or_empty(v->path)));
	if (!to_journal) {
		log_line(priority, "verdict %lld on %s: %s (%s, confidence %.2f)%s",
			 (long long)v->id, or_empty(v->path), or_empty(v->headline),
			 or_empty(v->cause), v->confidence, or_empty(before.data));
		return;
	}
	sd_journal_send("MESSAGE=verdict %lld on %s: %s (%s, confidence %.2f)%s", (long long)v->id,
			or_empty(path.data), or_empty(headline.data), or_empty(v->cause),
			v->confidence, or_empty(before.data), "PRIORITY=%i", priority,
			"MESSAGE_ID=" VERDICT_MESSAGE_ID, "TRIAGE_ID=%lld", (long long)v->id,
			"TRIAGE_UID=%s", or_empty(v->uid), "TRIAGE_PATH=%s", or_empty(path.data),
			"TRIAGE_CAUSE=%s", or_empty(v->cause), "TRIAGE_SEVERITY=%s",
			or_empty(v->severity), "TRIAGE_CONFIDENCE=%.2f", v->confidence,
			"TRIAGE_HEADLINE=%s", or_empty(headline.data), "TRIAGE_KERNEL=%s",
			or_empty(v->kernel), "TRIAGE_HOST=%s", or_empty(v->host),
			"TRIAGE_SIGNATURE=%s", or_empty(v->signature), "TRIAGE_REPORT=%s",
			or_empty(v->report), "TRIAGE_HISTORY=%s", or_empty(v->history),
			"TRIAGE_TICKET=%s", or_empty(v->ticket), NULL);
}
