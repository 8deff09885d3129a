/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: calls of the OOM killer: of the machine or of a cgroup, for whom, who was killed, what
 *   memory was used for, and who had it.
 * Needs: the log.
 * False positives: a report that user space wrote to /dev/kmsg. Where the table of tasks or the sums
 *   were cut away, who had the memory is not said.
 * Kernel commits: see oom.c.
 */
#include "analysis.h"
#include "log/log_json_oom.h"
#include "log/oom.h"
#include "log/oom_words.h"

static struct err *show(struct analysis *analysis, const struct oom *oom)
{
	_str_ struct str text = {0};

	oom_put_summary(oom, &text);
	if (text.failed)
		return &err_nomem;
	finding_add(analysis->findings, FINDING_OOM, SEVERITY_INFO, 1.0,
		    log_json_oom(analysis->kernel->log, oom), "%s", text.data);
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	const struct log *log = analysis->kernel->log;
	_str_ struct str text = {0};

	TRY(ooms_read(log, &analysis->ooms));
	const struct ooms *ooms = analysis->ooms;
	for (size_t i = 0; i < ooms->count; i++)
		TRY(show(analysis, &ooms->list[i]));
	if (!ooms->count)
		return NULL;
	ooms_put_summary(ooms, log, &text);
	if (text.failed)
		return &err_nomem;
	finding_add(analysis->findings, FINDING_OOM_SUMMARY, SEVERITY_NOTICE, ooms_confidence(ooms),
		    log_json_oom_kills(ooms), "%s", text.data);
	return NULL;
}

const struct analyzer oom_analyzer = {
	.name = "oom",
	.needs = STEP_LOG,
	.run = run,
};
