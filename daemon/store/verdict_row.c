/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/store/verdict_row.h"

#include <string.h>
#include <time.h>

#include "daemon/store/report.h"

int64_t parse_time(const char *text)
{
	struct tm tm = {0};
	const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) : NULL;

	return end && !*end ? timegm(&tm) : 0;
}

void format_time(int64_t seconds, char text[TIME_SIZE])
{
	time_t time = seconds;
	struct tm tm;

	if (!gmtime_r(&time, &tm) || !strftime(text, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm))
		strcpy(text, "?");
}

static const char *text_at(const json_t *report, const char *object, const char *key)
{
	return json_string_value(json_object_get(json_object_get(report, object), key));
}

/* Broken off is what any "analysis.failed" of the daemon or the worker says. */
static bool has_failure(const json_t *report)
{
	const json_t *findings = json_object_get(report, "findings"), *finding;
	size_t i;

	json_array_foreach(findings, i, finding)
	{
		const char *code = json_string_value(json_object_get(finding, "code"));

		if (code && !strcmp(code, "analysis.failed"))
			return true;
	}
	return false;
}

struct err *summary_read(struct store *store, int64_t dump, struct summary *ret)
{
	json_t *report, *verdict;

	TRY(report_build(store, dump, &report));
	verdict = json_object_get(report, "verdict");
	*ret = (struct summary){
		.report = report,
		.failed = has_failure(report),
		.queue = {.host = text_at(report, "system", "hostname"),
			  .kernel = text_at(report, "system", "release"),
			  .cause = text_at(report, "verdict", "cause"),
			  .severity = text_at(report, "verdict", "severity"),
			  .headline = text_at(report, "verdict", "headline"),
			  .signature = text_at(verdict, "signature", "exact"),
			  .confidence = json_number_value(json_object_get(verdict, "confidence")),
			  .crash_time = parse_time(text_at(report, "crash", "time"))},
	};
	return NULL;
}

void summary_deinit(struct summary *summary)
{
	json_decref(summary->report);
	*summary = (struct summary){0};
}
