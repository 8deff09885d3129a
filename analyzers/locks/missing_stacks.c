/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: blocked tasks whose stack the dump does not have, so that what they wait for and what
 *   they hold may be missing from every answer.
 * Needs: tasks, stacks.
 * False positives: none.
 * Kernel commits: none.
 */
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "kernel/locking/sleeper.h"
#include "kernel/tasks/task_label.h"

#define NAMES_SHOWN 8

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	_str_ struct str names = {0};
	struct sleepers *sleepers;
	size_t missing = 0;

	TRY(sleepers_of(kernel, &sleepers));
	for (size_t i = 0; i < sleepers->count; i++) {
		if (!sleeper_stackless(&sleepers->list[i]))
			continue;
		if (missing++ < NAMES_SHOWN) {
			str_puts(&names, missing > 1 ? ", " : "");
			task_label(sleepers->list[i].task, &names);
		}
	}
	if (!missing)
		return NULL;
	json_t *json = json_pack("{s:s}", "step", "stacks");
	json_put(json, "why",
		 json_sprintf("the stacks of %zu of %zu blocked tasks cannot be read: %s%s",
			      missing, sleepers->count, names.data,
			      missing > NAMES_SHOWN ? ", ..." : ""));
	json_put(
		json, "remedy",
		json_string("makedumpfile drops stacks of a kernel newer than itself at dump level "
			    "31: a newer one, or -d 17, keeps them"));
	finding_add(findings, FINDING_DEGRADED, SEVERITY_NOTICE, 1.0, json, NULL);
	return NULL;
}

const struct analyzer stackless_analyzer = {
	.name = "stackless",
	.needs = STEP_SYMBOLS | STEP_TASKS | STEP_STACKS,
	.run = run,
};
