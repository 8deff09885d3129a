/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: who waits for which lock or event, and who holds it, where the log tells and memory does not:
 *   hung tasks and SysRq-w and -t, "likely owned by", lists of held locks, CPUs that spin.
 * Needs: the log.
 * False positives: tasks shown hours apart; a holder that had let go by the time its locks were listed.
 * Kernel commits: 3cf67d61ff98 v6.15 "likely owned by"; forms of lists in log/report_lock_line.c.
 */
#include <stdlib.h>

#include "analysis.h"
#include "locks/log_lock.h"
#include "locks/log_sleepers.h"
#include "locks/log_spin.h"

static struct err *run(struct analysis *analysis)
{
	unsigned memory = STEP_TASKS | STEP_STACKS;
	const struct reports *reports = analysis->reports;

	if (!reports || (analysis->kernel->steps & memory) == memory || analysis->kernel->sleepers)
		return NULL;
	TRY(log_sleepers_open(analysis->kernel, reports->shown));
	TRY(log_lock_report_all(analysis, reports->shown));
	return log_spin_report_all(analysis, reports);
}

const struct analyzer log_locks_analyzer = {
	.name = "log_locks",
	.needs = STEP_LOG,
	.run = run,
};
