/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: blocked tasks that wait for no lock we can read: I/O, pages, journal commits, RCU …
 * Needs: symbols, tasks, stacks.
 * False positives: a task caught in a wait that would have ended by itself.
 * Kernel commits: none; functions by name, kernel/waits.def.
 */
#include <string.h>

#include "analyzer.h"
#include "base/str.h"
#include "lock.h"

#define NAMED ((1u << WAIT_PAGE) | (1u << WAIT_BIT) | (1u << WAIT_IO) | (1u << WAIT_OTHER))
#define KINDS_MAX 128 /* different things waited for; waits.def names fewer */

/* All sleepers with the same words are one wait with many waiters. */
struct group {
	const char *what;
	enum wait_kind kind;
	json_t *lock;
	size_t count;
};

static struct group *group_of(struct group *groups, size_t *count, const struct sleeper *sleeper,
			      struct kernel *kernel)
{
	for (size_t i = 0; i < *count; i++)
		if (!strcmp(groups[i].what, sleeper->what))
			return &groups[i];
	if (*count == KINDS_MAX)
		return NULL;
	struct group *group = &groups[(*count)++];
	*group = (struct group){sleeper->what, sleeper->kind,
				lock_new(kernel, wait_kind_name(sleeper->kind), 0), 0};
	json_put(group->lock, "name", json_string(sleeper->what));
	return group;
}

static struct err *run(struct kernel *kernel, struct findings *findings)
{
	struct group groups[KINDS_MAX];
	struct sleepers *sleepers;
	size_t count = 0;

	TRY(kernel_sleepers(kernel, &sleepers));
	for (size_t i = 0; i < sleepers->count; i++) {
		const struct sleeper *sleeper = &sleepers->list[i];
		struct group *group;

		if (!(NAMED >> sleeper->kind & 1))
			continue;
		group = group_of(groups, &count, sleeper, kernel);
		if (group)
			lock_add_waiter(group->lock, sleeper->task, MODE_UNKNOWN, group->count++,
					0);
	}
	for (size_t i = 0; i < count; i++) {
		lock_add_holder(groups[i].lock, NULL, MODE_UNKNOWN, EVIDENCE_MISSING, 0,
				"nothing in memory says who is to end this wait");
		json_put(groups[i].lock, "state", json_sprintf("%zu waiting", groups[i].count));
		finding_add(findings, FINDING_LOCK_OTHER, SEVERITY_NOTICE, 0.9, groups[i].lock,
			    "%zu task%s wait%s for %s", groups[i].count,
			    groups[i].count == 1 ? "" : "s", groups[i].count == 1 ? "s" : "",
			    groups[i].what);
	}
	return NULL;
}

const struct analyzer named_wait_analyzer = {
	.name = "named_wait",
	.needs = STEP_SYMBOLS | STEP_TASKS | STEP_STACKS,
	.run = run,
};
