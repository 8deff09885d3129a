/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: tasks that wait for a completion; for flush_work(), the kworker that runs the work.
 * Needs: symbols, types, tasks, stacks.
 * False positives: none; who will call complete() is not recorded, so that edge is missing, but
 *   for work items: the waiter's barrier stands in the kworker's own list.
 * Kernel commits: a5c6234e1028 v5.7 completions on simple wait queues.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/task.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "locks/lock.h"

static bool plausible(struct kernel *kernel, uint64_t lock, size_t waiters)
{
	uint64_t done;

	(void)waiters;
	return err_ok(member_read(kernel, lock, MEMBER_COMPLETION_DONE, &done)) &&
	       (uint32_t)done == 0;
}

static const struct waitlist_ops completion_ops = {
	.waiter_list = MEMBER_COMPLETION_WAITER_LIST,
	.waiter_task = MEMBER_COMPLETION_WAITER_TASK,
	.lock_list = MEMBER_COMPLETION_WAITERS,
	.plausible = plausible,
};

#define SCHEDULED_MAX 4096 /* works queued behind the running one in worker->scheduled */

/*
 * insert_wq_barrier() (kernel/workqueue.c) queues the barrier in the list of the worker that runs
 * the flushed work: follow the barrier's entry to the list's head, which lies in struct worker.
 */
static const struct task *flushed_worker(struct kernel *kernel, uint64_t completion,
					 uint64_t *worker)
{
	const struct member *done = members_get(kernel->members, MEMBER_WQ_BARRIER_DONE);
	const struct member *entry = members_get(kernel->members, MEMBER_WQ_BARRIER_ENTRY);
	const struct member *scheduled = members_get(kernel->members, MEMBER_WORKER_SCHEDULED);
	_list_walk_ struct list_walk walk = {0};

	if (!done || !entry || !scheduled)
		return NULL;
	uint64_t barrier = completion - member_offset(done);
	list_walk_init(&walk, kernel, barrier + member_offset(entry), SCHEDULED_MAX);
	while (list_walk_next(&walk)) {
		uint64_t task;

		*worker = walk.node - member_offset(scheduled);
		if (!err_ok(member_read(kernel, *worker, MEMBER_WORKER_TASK, &task)))
			continue;
		const struct task *found = tasks_find(kernel->tasks, task);
		if (found && found->kthread)
			return found;
	}
	return NULL;
}

/* "crashme_work [crashme]" */
static void function_text(struct kernel *kernel, uint64_t address, char *buf, size_t size)
{
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, address, &symbol))
		snprintf(buf, size, "0x%016" PRIx64, address);
	else
		snprintf(buf, size, "%.120s%s%.40s%s", symbol.name, symbol.module[0] ? " [" : "",
			 symbol.module, symbol.module[0] ? "]" : "");
}

static void add_worker(struct kernel *kernel, json_t *lock, const struct task *task,
		       uint64_t worker, uint64_t completion, struct str *headline)
{
	char function[192] = "unknown";
	uint64_t func;

	const struct member *done = members_get(kernel->members, MEMBER_WQ_BARRIER_DONE);
	uint64_t barrier = completion - member_offset(done);
	if (err_ok(member_read(kernel, worker, MEMBER_WORKER_CURRENT_FUNC, &func)) && func)
		function_text(kernel, func, function, sizeof(function));
	lock_add_holder(lock, task, MODE_EXCLUSIVE, EVIDENCE_PROVEN, 1.0,
			"this kworker runs %s, and the waiter's barrier is queued behind it",
			function);
	json_put(lock, "name", json_sprintf("work item %s", function));
	json_put(lock, "container",
		 json_pack("{s:s, s:s, s:o, s:s, s:s}", "type", "wq_barrier", "member", "done",
			   "address", json_address(barrier), "evidence", EVIDENCE_PROVEN, "why",
			   "its entry is in the list of the worker that runs the work"));
	json_put(lock, "state", json_string("not finished"));
	str_printf(headline, "work item %s, run by ", function);
	task_label(task, headline);
}

static struct err *describe(struct kernel *kernel, const struct waitlist *list, json_t *lock,
			    struct str *headline, double *confidence)
{
	uint64_t worker;
	const struct task *task = flushed_worker(kernel, list->lock, &worker);

	if (task) {
		add_worker(kernel, lock, task, worker, list->lock, headline);
		return NULL;
	}
	lock_add_holder(lock, NULL, MODE_EXCLUSIVE, EVIDENCE_MISSING, 0,
			"a completion does not record who is to complete it");
	json_put(lock, "state", json_sprintf("not completed, %zu waiting", list->count));
	str_puts(headline, lock_display_name(lock));
	str_printf(headline, ": completion that has not come, %zu waiting", list->count);
	*confidence = 0.9;
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	static const struct lock_class class = {
		.finding = FINDING_LOCK_COMPLETION,
		.kind = "completion",
		.waits = 1u << WAIT_COMPLETION | 1u << WAIT_WORK,
		.ops = &completion_ops,
		.describe = describe,
	};

	return locks_emit(kernel, &class, findings);
}

const struct analyzer completion_analyzer = {
	.name = "completion",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
