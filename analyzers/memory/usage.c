/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: who has the memory: what all of it is used for, and the largest caches, processes, control
 *   groups, callers of vmalloc() and mounts.
 * Needs: symbols, types, tasks.
 * False positives: counters lag a little; pages of a driver that no counter knows are only a rest.
 * Kernel commits: see kernel/types/members.def.
 */
#include "analysis.h"
#include "base/str.h"
#include "memory/usage_read.h"
#include "memory/usage_totals.h"
#include "memory/usage_json.h"
#include "memory/usage_words.h"

#define NOTABLE 10 /* a tenth of all memory: who has it is worth a walk */

static bool is_notable(const struct usage *usage, enum usage_kind kind)
{
	return usage->pages[kind] * NOTABLE >= usage->total;
}

static struct err *read_usage(struct kernel *kernel, bool ran_out, struct usage *usage)
{
	usage_read_zones(kernel, usage);
	TRY(usage_read_slabs(kernel, usage));
	TRY(usage_read_processes(kernel, usage));
	TRY(usage_read_cgroups(kernel, usage));
	if (ran_out)
		usage_read_crowd(kernel, usage);
	if (is_notable(usage, USAGE_VMALLOC))
		TRY(usage_read_callers(kernel, usage));
	if (is_notable(usage, USAGE_SHMEM))
		TRY(usage_read_mounts(kernel, usage));
	if (ran_out && (usage_largest(usage) == USAGE_OTHER || usage_largest(usage) == USAGE_SLAB))
		usage_read_queues(kernel, usage);
	if (ran_out && usage_largest(usage) == USAGE_FILE)
		TRY(usage_read_caches(kernel, usage));
	if (ran_out && usage_largest(usage) == USAGE_SLAB)
		TRY(usage_read_suspect(kernel, usage));
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	const struct crash *crash = analysis->crash;
	bool ran_out = crash && crash->kind == CRASH_OUT_OF_MEMORY;
	_str_ struct str text = {0};
	struct usage usage = {0};

	if (!usage_read_totals(kernel, &usage))
		return NULL;
	TRY(read_usage(kernel, ran_out, &usage));
	usage_words(kernel, &usage, &text);
	finding_add(analysis->findings, FINDING_USAGE, ran_out ? SEVERITY_WARNING : SEVERITY_INFO,
		    1.0, usage_json(kernel, &usage), "%s", text.data ? text.data : "");
	return NULL;
}

const struct analyzer usage_analyzer = {
	.name = "usage",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_PERCPU | STEP_TASKS,
	.run = run,
};
