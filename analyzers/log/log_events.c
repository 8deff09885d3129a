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
#include "kernel/printk/printk.h"

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

static json_t *event_json(const struct log_line *line, const char *kind)
{
	json_t *json = json_object();

	if (line->has_time)
		json_put(json, "time_s", json_real((double)line->time_us / 1e6));
	json_put(json, "kind", json_string(kind));
	json_put(json, "text", json_escaped_bytes(line->text, MIN(line->length, 512)));
	if (line->caller & 1u << 31)
		json_put(json, "cpu", json_integer(line->caller & ~(1u << 31)));
	return json;
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	const struct log *log = kernel->log;
	size_t first = 0, seen = 0;

	for (size_t i = log->count; i-- > 0 && seen < EVENTS_MAX;)
		if (kind_of(log->lines[i].text)) {
			seen++;
			first = i;
		}
	for (size_t i = first; seen && i < log->count; i++) {
		const char *kind = kind_of(log->lines[i].text);

		if (kind)
			finding_add(findings, FINDING_LOG_EVENT, SEVERITY_INFO, 1.0,
				    event_json(&log->lines[i], kind), NULL);
	}
	return NULL;
}

const struct analyzer log_analyzer = {
	.name = "log",
	.needs = STEP_LOG,
	.run = run,
};
