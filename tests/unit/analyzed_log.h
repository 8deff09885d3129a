/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_ANALYZED_LOG_H
#define TRIAGE_ANALYZED_LOG_H

#include "analysis.h"
#include "kept_findings.h"
#include "kernel/printk/dmesg.h"
#include "log/report.h"

/* A log alone, its reports, and what one analyzer finds in them. */
struct analyzed_log {
	struct kernel kernel;
	struct analysis analysis;
	struct kept_findings kept;
};

/* ret must stay where it is. */
static inline void analyze_log(const char *text, const struct analyzer *analyzer,
			       struct analyzed_log *ret)
{
	*ret = (struct analyzed_log){.kernel = {.steps = STEP_LOG}};
	kept_findings_init(&ret->kept);
	ret->analysis = (struct analysis){.kernel = &ret->kernel, .findings = &ret->kept.findings};
	assert_ok(dmesg_parse(text, strlen(text), &ret->kernel.log));
	assert_ok(reports_read(ret->kernel.log, &ret->analysis.reports));
	assert_ok(analyzer->run(&ret->analysis));
}

static inline void analyzed_log_deinit(struct analyzed_log *log)
{
	analysis_deinit(&log->analysis);
	log_close(log->kernel.log);
	kept_findings_deinit(&log->kept);
}

#endif
