/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: machine checks: which CPU and bank, corrected or fatal, and what their codes mean.
 * Needs: the log.
 * False positives: a line that user space wrote to /dev/kmsg. Codes are read as the architecture
 *   has them; what a model adds in the bits between is not.
 * Kernel commits: see mce.c.
 */
#include "analysis.h"
#include "log/log_json_events.h"
#include "log/mce.h"
#include "log/mce_words.h"

static enum severity severity_of(const struct mce *mce)
{
	return mce->severity == MCE_FATAL	  ? SEVERITY_CRITICAL
	       : mce->severity == MCE_UNCORRECTED ? SEVERITY_WARNING
						  : SEVERITY_INFO;
}

static struct err *run(struct analysis *analysis)
{
	const struct log *log = analysis->kernel->log;

	TRY(mces_read(log, &analysis->mces));
	const struct mces *mces = analysis->mces;
	for (size_t i = 0; i < mces->count; i++) {
		_str_ struct str text = {0};

		mce_put_summary(&mces->list[i], &text);
		if (text.failed)
			return &err_nomem;
		finding_add(analysis->findings, FINDING_MCE, severity_of(&mces->list[i]), 1.0,
			    log_json_mce(log, &mces->list[i]), "%s", text.data);
	}
	return NULL;
}

const struct analyzer machine_check_analyzer = {
	.name = "machine_check",
	.needs = STEP_LOG,
	.run = run,
};
