/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: CPUs that spin on a spinlock or rwlock; the queue's order and the likely holder.
 * Needs: symbols, types, per-CPU areas, tasks, stacks.
 * False positives: a CPU caught in a short, healthy wait. Holders are always inferred: neither
 *   ticket nor queued locks record them.
 * Kernel commits: a33fda35e3a7 v4.2 qspinlock; 0fa809ca7f81 v5.0 qnodes; 8b8bc2f73109 v3.0
 *   tickets.{head,tail}; 545ac13892ab v3.12 paravirt tickets in steps of two.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "analysis.h"
#include "base/str.h"
#include "crash/culprit.h"
#include "kernel/locking/qrwlock.h"
#include "kernel/locking/qspinlock.h"
#include "kernel/locking/ticket_spinlock.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/task.h"
#include "kernel/tasks/task_label.h"
#include "locks/lock_report.h"
#include "locks/owner_died.h"
#include "locks/spin_cpus.h"
#include "locks/spin_holder.h"
#include "locks/task_doing.h"

static int by_position(const void *a, const void *b)
{
	const struct spin_cpu *const *x = a, *const *y = b;

	if ((*x)->position != (*y)->position)
		return (*x)->position < (*y)->position ? -1 : 1;
	return (*x)->cpu < (*y)->cpu ? -1 : 1;
}

static void add_spinner(struct lock *lock, const struct spin_cpu *cpu)
{
	lock_add_waiter(lock, &(struct lock_waiter){
				      .task = cpu->task,
				      .mode = MODE_EXCLUSIVE,
				      .position = cpu->position > 0 ? cpu->position : -1,
				      .node = cpu->node,
				      .ticket = cpu->ticket,
				      .cpu = (int)cpu->cpu,
			      });
}

static struct err *add_spinners(const struct spin_cpus *cpus, struct lock *lock)
{
	_free_ const struct spin_cpu **queue = calloc(cpus->count + 1, sizeof(*queue));
	size_t count = 0;

	if (!queue)
		return &err_nomem;
	for (size_t i = 0; i < cpus->count; i++)
		if (cpus->list[i].function && cpus->list[i].lock == lock->address)
			queue[count++] = &cpus->list[i];
	qsort(queue, count, sizeof(*queue), by_position);
	for (size_t i = 0; i < count; i++)
		add_spinner(lock, queue[i]);
	return NULL;
}

struct candidate {
	const struct spin_cpu *cpu;
	double score;
	char why[200];
};

static int by_score(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->score < y->score ? 1 : x->score > y->score ? -1 : 0;
}

#define HOLDERS_SHOWN 4

/* CPUs that do not spin, ranked; count: how many of them may hold it. */
static struct err *find_candidates(struct kernel *kernel, const struct spin_cpus *cpus,
				   const struct lock *lock, struct candidate **ret, size_t *count)
{
	struct candidate *list = calloc(cpus->count + 1, sizeof(*list));
	uint64_t object = lock_object(lock);

	if (!list)
		return &err_nomem;
	*count = 0;
	for (size_t i = 0; i < cpus->count; i++) {
		struct candidate *one = &list[*count];

		if (cpus->list[i].function && cpus->list[i].lock == lock->address)
			continue;
		one->cpu = &cpus->list[i];
		one->score = spin_holder_score(kernel, one->cpu, lock->address, object, one->why,
					       sizeof(one->why));
		*count += one->score > 0;
	}
	qsort(list, *count, sizeof(*list), by_score);
	*ret = list;
	return NULL;
}

#define ITSELF 0.9 /* as of a CPU whose code shows that it took the lock */

/* The spinner that waits for itself; NULL for none. */
static const struct spin_cpu *add_holder_itself(struct kernel *kernel, const struct spin_cpus *cpus,
						struct lock *lock)
{
	char why[200];

	for (size_t i = 0; i < cpus->count; i++) {
		const struct spin_cpu *cpu = &cpus->list[i];

		if (!cpu->function || cpu->lock != lock->address ||
		    !spin_holder_itself(kernel, cpu, why, sizeof(why)))
			continue;
		lock_add_holder(lock, cpu->task, MODE_EXCLUSIVE, EVIDENCE_INFERRED, ITSELF,
				"CPU %u %s", cpu->cpu, why);
		lock->confidence = ITSELF;
		return cpu;
	}
	return NULL;
}

#define SLEEPS 0.85 /* that a task whose code took the lock has it: code may jump around that */

/* Who has a spinlock may sleep though he must not, or have been put off his CPU. */
static struct err *add_sleeping_holder(struct kernel *kernel, struct lock *lock,
				       const struct task **best)
{
	char why[200];

	TRY(spin_holder_asleep(kernel, lock->address, best, why, sizeof(why)));
	if (!*best)
		return NULL;
	lock_add_holder(lock, *best, MODE_EXCLUSIVE, EVIDENCE_INFERRED, SLEEPS, "%s", why);
	lock->confidence = SLEEPS;
	return NULL;
}

/* Who oopsed with the lock in hand, on a machine that went on. */
static struct err *add_dead_holder(struct analysis *analysis, struct lock *lock,
				   const struct task **best)
{
	struct owner_died died;

	TRY(owner_died_in_report(analysis, lock->address, spin_holder_classify, &died));
	if (!died.task)
		return NULL;
	lock_add_holder(lock, died.task, MODE_EXCLUSIVE, EVIDENCE_INFERRED, died.confidence, "%s",
			died.why);
	lock->confidence = died.confidence;
	*best = died.task;
	return NULL;
}

/* best: the likeliest holder, whose score is the confidence; NULL when no CPU may hold it. */
static struct err *add_holders(struct kernel *kernel, const struct spin_cpus *cpus,
			       struct lock *lock, const struct task **best)
{
	_free_ struct candidate *list = NULL;
	size_t count;

	TRY(find_candidates(kernel, cpus, lock, &list, &count));
	if (!count || list[0].score < SLEEPS) {
		TRY(add_sleeping_holder(kernel, lock, best));
		if (*best)
			return NULL;
	}
	for (size_t i = 0; i < count && i < HOLDERS_SHOWN; i++)
		lock_add_holder(lock, list[i].cpu->task, MODE_EXCLUSIVE, EVIDENCE_INFERRED,
				i ? list[i].score / 2 : list[i].score, "CPU %u %s",
				list[i].cpu->cpu, list[i].why);
	if (!count)
		lock_add_holder(
			lock, NULL, MODE_EXCLUSIVE, EVIDENCE_MISSING, 0,
			"a spinlock records no holder, and no CPU's code or stack shows one");
	*best = count ? list[0].cpu->task : NULL;
	lock->confidence = count ? MAX(list[0].score, 0.5) : 0.5;
	return NULL;
}

static void describe_ticket(const struct spinlock_shape *shape, struct lock *lock)
{
	struct ticket_spinlock *ticket = &lock->tickets;

	ticket_spinlock_decode(shape, (uint32_t)lock->raw, ticket);
	str_printf(&lock->state,
		   "next 0x%04" PRIx32 ", owner 0x%04" PRIx32 ": %" PRIu32
		   " tickets outstanding, 1 holder and %" PRIu32 " waiting%s",
		   ticket->next, ticket->owner, ticket->outstanding,
		   ticket->outstanding ? ticket->outstanding - 1 : 0,
		   ticket->slow_path ? ", slow path" : "");
}

/* The form that a CPU in the lock's queue was found by; upstream's where none is. */
static enum qspinlock_tail tail_form(const struct spin_cpus *cpus, uint64_t lock)
{
	for (size_t i = 0; i < cpus->count; i++)
		if (cpus->list[i].lock == lock && cpus->list[i].node)
			return cpus->list[i].form;
	return TAIL_UPSTREAM;
}

static void describe_queued(const struct spin_cpus *cpus, struct lock *lock)
{
	struct qspinlock queued;

	qspinlock_decode((uint32_t)lock->raw, tail_form(cpus, lock->address), &queued);
	str_printf(&lock->state, "%s%s, ", queued.locked ? "locked" : "not locked",
		   queued.pending ? ", pending" : "");
	if (queued.has_tail)
		str_printf(&lock->state, "tail CPU %" PRIu32 " index %" PRIu32, queued.tail_cpu,
			   queued.tail_index);
	else
		str_puts(&lock->state, "no queue");
}

static void describe_rw(struct lock *lock)
{
	struct qrwlock rw;

	qrwlock_decode((uint32_t)lock->raw, &rw);
	str_printf(&lock->state, "%s, %" PRIu32 " readers%s",
		   rw.writer ? "held for write" : "no writer", rw.readers,
		   rw.writer_waiting ? ", writer waiting" : "");
}

/* What the lock's word says. */
static void describe(const struct spinlock_shape *shape, const struct spin_cpus *cpus,
		     struct lock *lock)
{
	if (lock->kind == LOCK_QRWLOCK)
		describe_rw(lock);
	else if (lock->kind == LOCK_TICKET_SPINLOCK)
		describe_ticket(shape, lock);
	else
		describe_queued(cpus, lock);
}

/* Who called the function that spins. */
static void put_spinner(struct kernel *kernel, const struct spin_cpu *cpu, struct str *text)
{
	struct symbol symbol;

	for (size_t i = cpu->frame + 1; i < cpu->trace.count; i++) {
		if (!symbols_at(kernel->symbols, frame_lookup_address(&cpu->trace.frames[i]),
				&symbol) ||
		    culprit_is_helper(symbol.name))
			continue;
		str_printf(text, " in %s()", symbol.name);
		if (symbol.module[0])
			str_printf(text, " [%s]", symbol.module);
		return;
	}
}

static void put_self_headline(struct kernel *kernel, const struct spin_cpu *cpu, struct lock *lock)
{
	str_printf(&lock->headline, "%s: ", lock_display_name(lock));
	task_label(cpu->task, &lock->headline);
	str_puts(&lock->headline, " spins for it");
	put_spinner(kernel, cpu, &lock->headline);
	str_puts(&lock->headline, ", and holds it itself");
}

static void put_headline(struct kernel *kernel, const struct spin_cpu *first,
			 const struct task *best, struct lock *lock)
{
	size_t spinning = lock->waiter_count;

	str_printf(&lock->headline, "%s: %zu CPU%s spin%s for it", lock_display_name(lock),
		   spinning, spinning == 1 ? "" : "s", spinning == 1 ? "s" : "");
	if (!best)
		put_spinner(kernel, first, &lock->headline);
	str_puts(&lock->headline, ", ");
	str_puts(&lock->headline, best ? "likely held by " : "holder not found");
	if (!best)
		return;
	task_label(best, &lock->headline);
	if (task_has_ended(best)) {
		str_puts(&lock->headline, ", which died with it");
		return;
	}
	str_puts(&lock->headline, ", ");
	task_doing(kernel, best, &lock->headline);
}

/* What stood there was a lock once: its word is none now, and nobody holds it. */
static void put_gone_headline(struct kernel *kernel, const struct spin_cpu *first,
			      struct lock *lock)
{
	str_printf(&lock->headline, "%s is no lock any more: CPU %u spins", lock_display_name(lock),
		   first->cpu);
	put_spinner(kernel, first, &lock->headline);
	str_printf(&lock->state, ", which is no lock's word");
}

static struct err *report(struct analysis *analysis, const struct spinlock_shape *shape,
			  const struct spin_cpus *cpus, const struct spin_cpu *first)
{
	enum lock_kind kind = first->rwlock		       ? LOCK_QRWLOCK
			      : shape->kind == SPINLOCK_TICKET ? LOCK_TICKET_SPINLOCK
							       : LOCK_QSPINLOCK;
	_cleanup_(cleanup_lock_free) struct lock *lock = NULL;
	struct kernel *kernel = analysis->kernel;
	const struct task *best = NULL;
	uint32_t value;

	TRY(memory_read_u32(kernel->memory, first->lock, &value));
	TRY(lock_report_new(kernel, kind, first->lock, &lock));
	lock_set_raw(lock, value);
	describe(shape, cpus, lock);
	TRY(add_spinners(cpus, lock));
	bool gone = kind == LOCK_QSPINLOCK && !qspinlock_is_sound(value);
	const struct spin_cpu *itself = gone ? NULL : add_holder_itself(kernel, cpus, lock);
	if (!itself && !gone)
		TRY(add_dead_holder(analysis, lock, &best));
	if (!itself && !gone && !best)
		TRY(add_holders(kernel, cpus, lock, &best));
	if (gone)
		put_gone_headline(kernel, first, lock);
	else if (itself)
		put_self_headline(kernel, itself, lock);
	else
		put_headline(kernel, first, best, lock);
	return lock_report(analysis, take_ptr(lock), FINDING_LOCK_SPIN, SEVERITY_WARNING);
}

/* A spinner whose lock could not be told still spins. */
static struct err *report_unknown(struct analysis *analysis, const struct spin_cpu *cpu)
{
	struct lock *lock;

	TRY(lock_report_new(analysis->kernel, LOCK_OTHER, 0, &lock));
	snprintf(lock->place.name, sizeof(lock->place.name), "a lock %s() spins for",
		 cpu->function);
	add_spinner(lock, cpu);
	lock->confidence = 0.4;
	str_puts(&lock->state, "no register or stack word fits the lock");
	str_printf(&lock->headline, "CPU %u spins in %s() for a lock that was not found", cpu->cpu,
		   cpu->function);
	return lock_report(analysis, lock, FINDING_LOCK_SPIN, SEVERITY_NOTICE);
}

static bool seen_before(const struct spin_cpus *cpus, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (cpus->list[j].function && cpus->list[j].lock == cpus->list[i].lock)
			return true;
	return false;
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	_cleanup_(spin_cpus_deinit) struct spin_cpus cpus = {0};
	struct spinlock_shape shape;
	struct sleepers *sleepers;

	TRY(sleepers_of(kernel, &sleepers)); /* for task_doing() */
	TRY(spin_cpus_open(kernel, &cpus));
	spinlock_shape(kernel, &shape);
	for (size_t i = 0; i < cpus.count; i++) {
		if (!cpus.list[i].function)
			continue;
		if (!cpus.list[i].lock)
			TRY(report_unknown(analysis, &cpus.list[i]));
		else if (!seen_before(&cpus, i))
			TRY(report(analysis, &shape, &cpus, &cpus.list[i]));
	}
	return NULL;
}

const struct analyzer spinlock_analyzer = {
	.name = "spinlock",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_PERCPU | STEP_TASKS | STEP_STACKS,
	.run = run,
};
