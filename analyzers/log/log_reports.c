/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: the reports of the kernel's log, each with what it says: oopses, lockups, hung tasks, OOM
 *   kills, sanitizers' findings, …
 * Needs: the log.
 * False positives: a report that user space wrote to /dev/kmsg.
 * Kernel commits: none; forms by reports.def and report_heads.def.
 */
#include "analysis.h"
#include "log/log_marks.h"
#include "log/report.h"

static struct err *run(struct analysis *analysis)
{
	TRY(log_marks_make(analysis->kernel->log));
	return reports_read(analysis->kernel->log, &analysis->reports);
}

const struct analyzer reports_analyzer = {
	.name = "reports",
	.needs = STEP_LOG,
	.run = run,
};
