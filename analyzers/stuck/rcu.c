/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: a grace period of RCU that does not end though every CPU may have passed through a quiescent
 *   state: readers that were preempted, or sleep, inside their critical section; RCU's own thread, where
 *   it is ready and gets no CPU; and, of a machine without memory, the CPU whose reader keeps callbacks from freeing it.
 * Needs: symbols, types, per-CPU areas, tasks, stacks.
 * False positives: none of a dead machine's: a grace period that has just begun is not told of.
 * Kernel commits: before v4.20 each flavour has a state of its own (rcu_preempt_state, rcu_sched_state).
 */
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "cpus/cpu_state.h"
#include "cpus/cpu_wait.h"
#include "describe.h"
#include "kernel/locking/sleeper.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/task_label.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "locks/rcu_readers.h"
#include "locks/task_doing.h"
#include "stuck/policy.h"
#include "stuck/stuck.h"
#include "stuck/ticks.h"

#define STALLED_S 2.0
#define READERS_SHOWN 8

struct grace {
	struct analysis *analysis;
	struct kernel *kernel;
	double seconds; /* since it began; 0 unknown */
	size_t readers;
};

/* Who has the CPU a task waits for; NULL when nobody has: the task was woken a moment ago. */
static const struct task *rival_of(struct kernel *kernel, const struct task *task)
{
	const struct task *rival = task->cpu >= 0 && task->on_cpu < 0 && task->state == 'R'
					   ? tasks_on_cpu(kernel->tasks, (unsigned)task->cpu)
					   : NULL;

	return rival && !rival->idle && rival != task ? rival : NULL;
}

/* "; crashme_hog/109 (SCHED_FIFO, priority 50) has CPU 1" */
static void put_rival(struct kernel *kernel, const struct task *task, struct str *text)
{
	const struct task *rival = rival_of(kernel, task);

	if (!rival)
		return;
	str_puts(text, "; ");
	policy_label(kernel, rival, text);
	str_printf(text, " has CPU %d", task->cpu);
}

static void put_seconds(const struct grace *grace, struct str *text)
{
	if (grace->seconds > 0)
		str_printf(text, " for %.1f s", grace->seconds);
}

/* brief: the headline in one line, to which who has the CPU is added. */
static void add(const struct grace *grace, const char *kind, const struct task *task,
		const struct str *text, struct str *brief)
{
	json_t *json = stuck_json(kind, grace->seconds, 0);

	put_rival(grace->kernel, task, brief);
	json_put(json, "brief", json_string(brief->data ? brief->data : ""));
	json_put(json, "task", describe_task(task));
	json_put(json, "cpu", task->cpu >= 0 ? json_integer(task->cpu) : json_null());
	finding_add(grace->analysis->findings, FINDING_STUCK_RCU, SEVERITY_WARNING, 0.95, json,
		    "%s", text->data);
}

/* --- readers ---------------------------------------------------------------------------------- */

/* The function it was preempted in, or sleeps in. */
static const char *reads_in(struct kernel *kernel, const struct task *task)
{
	struct sleeper own = {0};
	const struct sleeper *stack = sleepers_stack(kernel, task, &own);
	const char *function = stack && stack->call_count ? task_doing_preempted(stack) : "";

	sleeper_deinit(&own);
	return function;
}

static void report_reader(void *context, const struct task *task)
{
	struct grace *grace = context;
	_str_ struct str text = {0}, brief = {0};
	const char *function = reads_in(grace->kernel, task);

	if (grace->readers++ >= READERS_SHOWN)
		return;
	str_puts(&text, "a grace period of RCU waits for reader ");
	task_label(task, &text);
	put_seconds(grace, &text);
	str_puts(&text, ", ");
	task_doing(grace->kernel, task, &text);
	put_rival(grace->kernel, task, &text);
	str_puts(&brief, "waits for reader ");
	task_label(task, &brief);
	str_printf(&brief, *function ? " in %s()" : "", function);
	add(grace, "rcu_reader", task, &text, &brief);
}

/* --- CPUs ------------------------------------------------------------------------------------- */

/* What silent_cpu.c tells of a machine that hangs: here of one that lacks memory, which callbacks are to free. */
static void report_cpu(struct grace *grace, const struct cpu_state *state)
{
	_str_ struct str text = {0}, brief = {0};
	struct report_place place;

	str_printf(&text, "a grace period of RCU waits for CPU %u", state->cpu);
	put_seconds(grace, &text);
	str_puts(&text, ", which ");
	task_label(state->task, &text);
	str_puts(&text, " keeps");
	if (cpu_state_culprit(grace->kernel, state, state->at, &place)) {
		str_puts(&text, " in ");
		str_escape(&text, place.symbol, strlen(place.symbol));
		str_puts(&text, "()");
	}
	str_puts(&brief, "waits for ");
	task_label(state->task, &brief);
	add(grace, "rcu_cpu", state->task, &text, &brief);
}

static struct err *look_at_cpus(struct grace *grace)
{
	const struct crash *crash = grace->analysis->crash;
	_cpu_states_ struct cpu_states states = {0};

	if (!crash || crash->kind != CRASH_OUT_OF_MEMORY)
		return NULL;
	TRY(cpu_states_open(grace->kernel, crash, &states));
	for (size_t i = 0; i < states.count; i++) {
		const struct cpu_state *state = &states.list[i];

		if ((int)state->cpu != crash->cpu && !cpu_state_idle(state) &&
		    cpu_wait_rcu_pending(grace->kernel, state))
			report_cpu(grace, state);
	}
	return NULL;
}

/* --- RCU's own thread ------------------------------------------------------------------------- */

static void look_at_thread(struct grace *grace, uint64_t state)
{
	struct kernel *kernel = grace->kernel;
	uint64_t address, active = 0;
	_str_ struct str text = {0}, brief = {0};

	if (!err_ok(member_read(kernel, state, MEMBER_RCU_STATE_THREAD, &address)))
		return;
	const struct task *thread = tasks_find(kernel->tasks, address);
	if (!thread || !rival_of(kernel, thread) ||
	    !err_ok(member_read(kernel, state, MEMBER_RCU_STATE_ACTIVITY, &active)) ||
	    ticks_since(kernel, active) < STALLED_S)
		return;
	grace->seconds = ticks_since(kernel, active);
	str_puts(&text, "RCU's thread ");
	task_label(thread, &text);
	str_puts(&text, " gets no CPU");
	put_seconds(grace, &text);
	put_rival(kernel, thread, &text);
	task_label(thread, &brief);
	str_puts(&brief, " gets no CPU");
	put_seconds(grace, &brief);
	add(grace, "rcu_thread", thread, &text, &brief);
}

/* --- all of them ------------------------------------------------------------------------------ */

#define SEQUENCE_STATE 3u /* RCU_SEQ_STATE_MASK, kernel/rcu/rcu.h: not 0 while one runs */

static struct err *look_at_state(struct analysis *analysis, uint64_t state)
{
	struct grace grace = {.analysis = analysis, .kernel = analysis->kernel};
	uint64_t sequence, start;

	if (!err_ok(member_read(grace.kernel, state, MEMBER_RCU_STATE_SEQUENCE, &sequence)) ||
	    !(sequence & SEQUENCE_STATE) ||
	    !err_ok(member_read(grace.kernel, state, MEMBER_RCU_STATE_START, &start)))
		return NULL;
	grace.seconds = ticks_since(grace.kernel, start);
	if (grace.seconds < STALLED_S &&
	    !(analysis->crash && analysis->crash->kind == CRASH_RCU_STALL))
		return NULL;
	rcu_readers_each(grace.kernel, report_reader, &grace);
	look_at_thread(&grace, state);
	return look_at_cpus(&grace);
}

static struct err *run(struct analysis *analysis)
{
	static const char *const states[] = {"rcu_state", "rcu_preempt_state", "rcu_sched_state"};
	struct kernel *kernel = analysis->kernel;
	struct sleepers *sleepers;
	uint64_t state;

	TRY(sleepers_of(kernel, &sleepers));
	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		if (symbols_find(kernel->symbols, states[i], &state))
			return look_at_state(analysis, state);
	return NULL;
}

const struct analyzer rcu_analyzer = {
	.name = "rcu",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_PERCPU | STEP_TASKS | STEP_STACKS,
	.run = run,
};
