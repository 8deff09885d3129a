/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: lines of the kernel log that matter: oopses, warnings, lockups, OOM, hardware and I/O
 *   errors.
 * Needs: the log.
 * False positives: lines that user space wrote to /dev/kmsg.
 * Kernel commits: none; words by log_events.def.
 */
#include <string.h>

#include "analysis.h"
#include "kernel/printk/log.h"
#include "log/log_json.h"
#include "log/log_tail.h"

static const struct {
	const char *words, *kind;
} table[] = {
#define LOG_EVENT(words, kind) {words, kind},
#include "log/log_events.def"
#undef LOG_EVENT
};

#define EVENTS_MAX 200 /* the last ones: what is near the crash */

static const char *kind_of(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (strstr(text, table[i].words))
			return table[i].kind;
	return NULL;
}

static bool is_event(const char *text)
{
	return kind_of(text);
}

static struct err *run(struct analysis *analysis)
{
	const struct log *log = analysis->kernel->log;
	const struct reports *reports = analysis->reports;

	for (size_t i = 0; reports && i < reports->count; i++)
		finding_add(analysis->findings, FINDING_REPORT, SEVERITY_INFO, 1.0,
			    log_json_report(log, &reports->list[i]), NULL);
	for (size_t i = log_tail(log, EVENTS_MAX, is_event); i < log->count; i++) {
		const char *kind = kind_of(log->lines[i].text);

		if (kind)
			finding_add(analysis->findings, FINDING_LOG_EVENT, SEVERITY_INFO, 1.0,
				    log_json_event(&log->lines[i], kind), NULL);
	}
	return NULL;
}

const struct analyzer log_analyzer = {
	.name = "log",
	.needs = STEP_LOG,
	.run = run,
};
