/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: blocked tasks that wait for no lock we can read: I/O, pages, journal commits, RCU …;
 *   those in functions no table names are told by the function.
 * Needs: symbols, tasks, stacks.
 * False positives: a task caught in a wait that would have ended by itself.
 * Kernel commits: none; functions by name, kernel/locking/sleep_functions.def.
 */
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "locks/lock.h"
#include "locks/task_doing.h"
#include "locks/wait_target.h"

#define NAMED                                                                                      \
	((1u << WAIT_NONE) | (1u << WAIT_PAGE) | (1u << WAIT_BIT) | (1u << WAIT_IO) |              \
	 (1u << WAIT_OTHER))
#define GROUPS_MAX 512 /* different things waited for, times devices */

/* All sleepers with the same words and the same device are one wait with many waiters. */
struct group {
	const char *what;
	enum wait_kind kind;
	struct wait_target target;
	json_t *lock;
	size_t count;
};

struct groups {
	struct group *list;
	size_t count;
};

static bool same(const struct group *group, const char *what, const struct wait_target *target)
{
	return !strcmp(group->what, what) && !strcmp(group->target.device, target->device) &&
	       group->target.server == target->server;
}

/* "page writeback on vda1" */
static json_t *group_name(const char *what, const struct wait_target *target)
{
	return target->device[0] ? json_sprintf("%s on %s", what, target->device)
				 : json_string(what);
}

/* NULL beyond GROUPS_MAX: what is waited for by then says enough. */
static struct group *group_of(struct kernel *kernel, struct groups *groups,
			      const struct sleeper *sleeper)
{
	const char *what = sleeper->what;
	enum wait_kind kind = sleeper->kind;
	struct wait_target target;

	wait_target_find(kernel, sleeper, &target);
	if (kind == WAIT_NONE)
		what = stack_function(sleeper);
	if (kind == WAIT_BIT &&
	    target.device[0]) { /* a buffer is locked while it is read or written */
		kind = WAIT_IO;
		what = "buffer I/O";
	}
	for (size_t i = 0; i < groups->count; i++)
		if (same(&groups->list[i], what, &target))
			return &groups->list[i];
	if (groups->count == GROUPS_MAX)
		return NULL;
	struct group *group = &groups->list[groups->count++];
	*group = (struct group){what, kind, target, lock_new(kernel, wait_kind_name(kind), 0), 0};
	json_put(group->lock, "name",
		 kind == WAIT_NONE ? json_sprintf("%s()", what) : group_name(what, &target));
	if (target.device[0])
		json_put(group->lock, "device", json_string(target.device));
	return group;
}

static void emit(struct findings *findings, const struct group *group)
{
	const char *name = lock_display_name(group->lock);

	if (group->kind == WAIT_NONE) {
		json_put(group->lock, "unnamed", json_true());
		json_put(group->lock, "state", json_sprintf("%zu asleep", group->count));
		finding_add(findings, FINDING_LOCK_OTHER, SEVERITY_NOTICE, 0.5, group->lock,
			    "%zu task%s asleep in %s", group->count, group->count == 1 ? "" : "s",
			    name);
		return;
	}
	if (group->target.server)
		lock_add_holder(group->lock, group->target.server, MODE_UNKNOWN, EVIDENCE_PROVEN,
				1.0, "the journal on the waiters' stacks names it as its thread");
	else
		lock_add_holder(
			group->lock, NULL, MODE_UNKNOWN, EVIDENCE_MISSING, 0,
			group->kind == WAIT_OTHER
				? "nothing in memory says who is to end this wait"
				: "I/O is ended by the device or its driver, not by a task");
	json_put(group->lock, "state", json_sprintf("%zu waiting", group->count));
	finding_add(findings, FINDING_LOCK_OTHER, SEVERITY_NOTICE, 0.9, group->lock,
		    "%zu task%s wait%s for %s", group->count, group->count == 1 ? "" : "s",
		    group->count == 1 ? "s" : "", name);
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	_free_ struct group *list = calloc(GROUPS_MAX, sizeof(*list));
	struct groups groups = {.list = list};
	struct sleepers *sleepers;

	if (!list)
		return &err_nomem;
	TRY(kernel_sleepers(kernel, &sleepers));
	for (size_t i = 0; i < sleepers->count; i++) {
		const struct sleeper *sleeper = &sleepers->list[i];
		struct group *group;

		if (!(NAMED >> sleeper->kind & 1) || sleeper_stackless(sleeper))
			continue;
		group = group_of(kernel, &groups, sleeper);
		if (group)
			lock_add_waiter(group->lock, sleeper->task, MODE_UNKNOWN, group->count++,
					0);
	}
	for (size_t i = 0; i < groups.count; i++)
		emit(findings, &groups.list[i]);
	return NULL;
}

const struct analyzer named_wait_analyzer = {
	.name = "named_wait",
	.needs = STEP_SYMBOLS | STEP_TASKS | STEP_STACKS,
	.run = run,
};
