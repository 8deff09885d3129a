/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: who waits in tasklet_kill() for a tasklet that is due and disabled. Its softirq comes upon it in round after
 *   round, wakes who waits, and never runs it.
 * Needs: symbols, types, tasks, stacks.
 * False positives: somebody may have disabled it for a moment, and be about to enable it.
 * Kernel commits: none; struct tasklet_struct, include/linux/interrupt.h.
 */
#include "analysis.h"
#include "base/str.h"
#include "describe.h"
#include "kernel/locking/stack_words.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/task_label.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define READY_MAX 64	/* tasks that are ready to run, whose stacks are read */
#define WORDS_MAX 256	/* of a stack */
#define DISABLED_MAX 64 /* tasklet_disable() calls that wait for tasklet_enable() */
#define STATE_SCHED 1	/* TASKLET_STATE_SCHED: it is due */

static bool is_function(struct kernel *kernel, uint64_t address)
{
	struct symbol symbol;

	return symbols_at(kernel->symbols, address, &symbol) && symbol.address == address;
}

static bool is_off(struct kernel *kernel, struct type type, uint64_t address)
{
	uint64_t state, count, func;

	return !(address & 7) && memory_is_kernel(kernel->memory, address) &&
	       err_ok(object_read(kernel, type, address, "state", &state)) &&
	       state == STATE_SCHED &&
	       err_ok(object_read(kernel, type, address, "count.counter", &count)) && count &&
	       count <= DISABLED_MAX && err_ok(object_read(kernel, type, address, "func", &func)) &&
	       is_function(kernel, func);
}

/* The one who waits keeps its address on his stack. 0: none there is due and disabled. */
static uint64_t find_tasklet(struct kernel *kernel, struct type type, const struct sleeper *stack)
{
	_stack_words_ struct stack_words words;
	uint64_t found = 0;

	stack_words_init(&words, kernel, stack, WORDS_MAX);
	while (!found && stack_words_next(&words))
		if (is_off(kernel, type, words.word))
			found = words.word;
	return found;
}

static struct err *report(struct analysis *analysis, const struct task *task, uint64_t tasklet)
{
	_str_ struct str label = {0};
	struct owner owner;
	char name[256];

	owner_find(analysis->kernel, tasklet, &owner);
	owner_format_variable(&owner, name, sizeof(name));
	task_label(task, &label);
	if (label.failed)
		return &err_nomem;
	finding_add(analysis->findings, FINDING_TASKLET, SEVERITY_WARNING, 0.9,
		    json_pack("{s:o, s:o, s:o, s:s}", "address", json_address(tasklet), "name",
			      json_escaped(name), "task", describe_task(task), "evidence",
			      EVIDENCE_INFERRED),
		    "%s waits in tasklet_kill() for tasklet %s, which is due, disabled, and so "
		    "never runs",
		    label.data, name);
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct type type = types_find_struct(kernel->types, "tasklet_struct");
	struct sleepers *sleepers;
	unsigned ready = 0;

	if (type.kind != TYPE_STRUCT)
		return NULL;
	TRY(sleepers_of(kernel, &sleepers));
	for (size_t i = 0; i < tasks_count(kernel->tasks); i++) {
		const struct task *task = tasks_at(kernel->tasks, i);
		struct sleeper own = {0};
		bool waits = sleepers_find(sleepers, task);

		if (task->on_cpu >= 0 || task->idle ||
		    (!waits && (task->state != 'R' || ready++ >= READY_MAX)))
			continue;
		const struct sleeper *stack = sleepers_stack(kernel, task, &own);
		uint64_t tasklet = stack && sleeper_call(stack, "tasklet_kill")
					   ? find_tasklet(kernel, type, stack)
					   : 0;
		sleeper_deinit(&own);
		if (tasklet)
			return report(analysis, task, tasklet);
	}
	return NULL;
}

const struct analyzer tasklet_analyzer = {
	.name = "tasklet",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
