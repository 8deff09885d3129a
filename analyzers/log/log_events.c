/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: what happened by the kernel's log, in its order: reports, errors of hardware, storage,
 *   network and graphics, programs' crashes, jumps of the clocks, lost lines; and the first of these that
 *   explains the crash, or what went wrong where nothing crashed.
 * Needs: the log.
 * False positives: lines that user space wrote to /dev/kmsg; an event near the crash that has nothing
 *   to do with it: the confidence of a first cause is lower where only time speaks for it.
 * Kernel commits: none; words by event_lines.def, what explains what by first_causes.def.
 */
#include "analysis.h"
#include "log/device_models.h"
#include "log/event.h"
#include "log/first_cause.h"
#include "log/first_cause_words.h"
#include "log/log_json.h"
#include "log/log_json_events.h"

static struct err *show_trouble(struct analysis *analysis, const struct trouble *trouble,
				const struct first_cause *cause)
{
	_str_ struct str text = {0};

	if (!trouble->event || trouble->is_crash)
		return NULL;
	first_cause_put_trouble(analysis->kernel->log, trouble->event, cause, &text);
	if (text.failed)
		return &err_nomem;
	finding_add(analysis->findings, FINDING_LOG_TROUBLE, SEVERITY_INFO, cause->confidence,
		    log_json_trouble(analysis->kernel->log, trouble->event), "%s", text.data);
	return NULL;
}

static struct err *show_first_cause(struct analysis *analysis, const struct first_cause *cause)
{
	_str_ struct str text = {0};

	if (!cause->event)
		return NULL;
	first_cause_put(analysis->kernel->log, cause, &text);
	if (text.failed)
		return &err_nomem;
	finding_add(analysis->findings, FINDING_FIRST_CAUSE, SEVERITY_INFO, cause->confidence,
		    log_json_first_cause(analysis->kernel->log, cause), "%s", text.data);
	return NULL;
}

static void show_reports(struct analysis *analysis)
{
	const struct reports *reports = analysis->reports;
	_str_ struct str text = {0};

	for (size_t i = 0; reports && i < reports->count; i++)
		finding_add(analysis->findings, FINDING_REPORT, SEVERITY_INFO, 1.0,
			    log_json_report(analysis->kernel->log, &reports->list[i]), NULL);
	json_t *left_out = reports ? log_json_reports_left_out(reports, &text) : NULL;

	if (left_out)
		finding_add(analysis->findings, FINDING_REPORTS_LEFT_OUT, SEVERITY_NOTICE, 1.0,
			    left_out, "%s", text.data ? text.data : "");
}

/* Of a log that names no device nobody asks for models. */
static struct err *read_models(const struct log *log, const struct events *events,
			       struct device_models **ret)
{
	for (size_t i = 0; i < events->count; i++)
		if (events->list[i].devices.count)
			return device_models_read(log, ret);
	return NULL;
}

static struct err *show_events(struct analysis *analysis, const struct events *events,
			       const struct event *trouble)
{
	_cleanup_(cleanup_device_models_free) struct device_models *models = NULL;
	const struct log *log = analysis->kernel->log;

	TRY(read_models(log, events, &models));
	for (size_t i = 0; i < events->count; i++) {
		const struct event *event = &events->list[i];
		const char *model = models ? device_models_find(models, event->device) : NULL;

		finding_add(analysis->findings, FINDING_LOG_EVENT, SEVERITY_INFO, 1.0,
			    log_json_event(log, event, model, trouble), NULL);
	}
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	const struct log *log = analysis->kernel->log;
	const struct reports *reports = analysis->reports;
	_cleanup_(cleanup_events_free) struct events *events = NULL;
	struct first_cause cause;

	show_reports(analysis);
	TRY(events_read(log, reports, analysis->mces, analysis->ooms, &events));
	struct trouble trouble = trouble_find(events, reports);
	TRY(show_events(analysis, events, trouble.event));
	if (events->left_out)
		finding_add(analysis->findings, FINDING_LOG_LEFT_OUT, SEVERITY_INFO, 1.0,
			    log_json_left_out(events), NULL);
	TRY(first_cause_find(log, events, &trouble, &cause));
	TRY(show_trouble(analysis, &trouble, &cause));
	return show_first_cause(analysis, &cause);
}

const struct analyzer log_analyzer = {
	.name = "log",
	.needs = STEP_LOG,
	.run = run,
};
