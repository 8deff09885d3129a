/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: CPUs that spin on a spinlock or rwlock; the queue's order and the likely holder.
 * Needs: symbols, types, per-CPU areas, tasks, stacks.
 * False positives: a CPU caught in a short, healthy wait. Holders are always inferred: neither
 *   ticket nor queued locks record them.
 * Kernel commits: a33fda35e3a7 v4.2 qspinlock; 0fa809ca7f81 v5.0 qnodes; 8b8bc2f73109 v3.0
 *   tickets.{head,tail}; 545ac13892ab v3.12 paravirt tickets in steps of two.
 */
#include "kernel/locking/spinlock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/task.h"
#include "locks/lock.h"
#include "locks/spinners.h"
#include "locks/task_doing.h"

static int by_position(const void *a, const void *b)
{
	const struct spin_cpu *const *x = a, *const *y = b;

	if ((*x)->position != (*y)->position)
		return (*x)->position < (*y)->position ? -1 : 1;
	return (*x)->cpu < (*y)->cpu ? -1 : 1;
}

static void add_spinner(json_t *lock, const struct spin_cpu *cpu)
{
	json_t *waiters = json_object_get(lock, "waiters");

	lock_add_waiter(lock, cpu->task, MODE_EXCLUSIVE,
			cpu->position > 0 ? (size_t)cpu->position : 0, cpu->node);
	json_t *waiter = json_array_get(waiters, json_array_size(waiters) - 1);
	if (cpu->position <= 0)
		json_object_set_new(waiter, "position", json_null());
	if (cpu->ticket >= 0)
		json_put(waiter, "ticket", json_sprintf("0x%04" PRIx64, (uint64_t)cpu->ticket));
	json_put(waiter, "cpu", json_integer(cpu->cpu));
}

static void add_spinners(const struct spin_cpus *cpus, uint64_t address, json_t *lock)
{
	const struct spin_cpu **queue = calloc(cpus->count + 1, sizeof(const struct spin_cpu *));
	size_t count = 0;

	if (!queue)
		return;
	for (size_t i = 0; i < cpus->count; i++)
		if (cpus->list[i].function && cpus->list[i].lock == address)
			queue[count++] = &cpus->list[i];
	qsort(queue, count, sizeof(struct spin_cpu *), by_position);
	for (size_t i = 0; i < count; i++)
		add_spinner(lock, queue[i]);
	free(queue);
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

/* CPUs that do not spin, ranked; the best one's score is the verdict's confidence in it. */
static double add_holders(struct kernel *kernel, const struct spin_cpus *cpus, uint64_t address,
			  json_t *lock, const struct task **best)
{
	struct candidate *list = calloc(cpus->count + 1, sizeof(*list));
	uint64_t object = lock_object(lock);
	size_t count = 0;

	*best = NULL;
	if (!list)
		return 0;
	for (size_t i = 0; i < cpus->count; i++) {
		struct candidate *one = &list[count];

		if (cpus->list[i].function && cpus->list[i].lock == address)
			continue;
		one->cpu = &cpus->list[i];
		one->score = spin_holder_score(kernel, one->cpu, address, object, one->why,
					       sizeof(one->why));
		count += one->score > 0;
	}
	qsort(list, count, sizeof(*list), by_score);
	for (size_t i = 0; i < count && i < HOLDERS_SHOWN; i++)
		lock_add_holder(lock, list[i].cpu->task, MODE_EXCLUSIVE, EVIDENCE_INFERRED,
				i ? list[i].score / 2 : list[i].score, "CPU %u %s",
				list[i].cpu->cpu, list[i].why);
	double score = count ? list[0].score : 0;
	if (count)
		*best = list[0].cpu->task;
	else
		lock_add_holder(
			lock, NULL, MODE_EXCLUSIVE, EVIDENCE_MISSING, 0,
			"a spinlock records no holder, and no CPU's code or stack shows one");
	free(list);
	return score;
}

static void describe_ticket(const struct spinlock_shape *shape, uint32_t value, json_t *lock)
{
	struct ticket_lock ticket;

	ticket_decode(shape, value, &ticket);
	json_put(lock, "state",
		 json_sprintf("next 0x%04" PRIx32 ", owner 0x%04" PRIx32 ": %" PRIu32
			      " tickets outstanding, 1 holder and %" PRIu32 " waiting%s",
			      ticket.next, ticket.owner, ticket.outstanding,
			      ticket.outstanding ? ticket.outstanding - 1 : 0,
			      ticket.slow_path ? ", slow path" : ""));
	json_put(lock, "owner_ticket", json_sprintf("0x%04" PRIx32, ticket.owner));
	json_put(lock, "next_ticket", json_sprintf("0x%04" PRIx32, ticket.next));
	json_put(lock, "outstanding", json_integer(ticket.outstanding));
}

static void describe_queued(uint32_t value, json_t *lock)
{
	struct queued_lock queued;

	queued_decode(value, TAIL_UPSTREAM, &queued);
	json_t *tail = queued.has_tail ? json_sprintf("tail CPU %" PRIu32 " index %" PRIu32,
						      queued.tail_cpu, queued.tail_index)
				       : json_string("no queue");
	json_put(lock, "state",
		 json_sprintf("%s%s, %s", queued.locked ? "locked" : "not locked",
			      queued.pending ? ", pending" : "", json_string_value(tail)));
	json_decref(tail);
}

static void describe_rw(uint32_t value, json_t *lock)
{
	struct queued_rwlock rw;

	queued_rw_decode(value, &rw);
	json_put(lock, "state",
		 json_sprintf("%s, %" PRIu32 " readers%s",
			      rw.writer ? "held for write" : "no writer", rw.readers,
			      rw.writer_waiting ? ", writer waiting" : ""));
}

static struct err *emit(struct kernel *kernel, const struct spinlock_shape *shape,
			const struct spin_cpus *cpus, const struct spin_cpu *first,
			struct findings *findings)
{
	const char *kind = first->rwlock		    ? "qrwlock"
			   : shape->kind == SPINLOCK_TICKET ? "ticket_spinlock"
							    : "qspinlock";
	_str_ struct str holder = {0};
	const struct task *best;
	uint32_t value;

	TRY(memory_read_u32(kernel->memory, first->lock, &value));
	json_t *lock = lock_new(kernel, kind, first->lock);
	json_put(lock, "raw", json_address(value));
	if (first->rwlock)
		describe_rw(value, lock);
	else if (shape->kind == SPINLOCK_TICKET)
		describe_ticket(shape, value, lock);
	else
		describe_queued(value, lock);
	add_spinners(cpus, first->lock, lock);
	double score = add_holders(kernel, cpus, first->lock, lock, &best);

	if (best) {
		task_label(best, &holder);
		str_puts(&holder, ", ");
		task_doing(kernel, best, &holder);
	}
	size_t spinning = json_array_size(json_object_get(lock, "waiters"));
	finding_add(findings, FINDING_LOCK_SPIN, SEVERITY_WARNING, MAX(score, 0.5), lock,
		    "%s: %zu CPU%s spin%s for it, %s%s", lock_display_name(lock), spinning,
		    spinning == 1 ? "" : "s", spinning == 1 ? "s" : "",
		    best ? "likely held by " : "holder not found", best ? holder.data : "");
	return NULL;
}

/* A spinner whose lock could not be told still spins. */
static void emit_unknown(const struct spin_cpu *cpu, struct kernel *kernel,
			 struct findings *findings)
{
	json_t *lock = lock_new(kernel, "other", 0);

	json_put(lock, "name", json_sprintf("a lock %s() spins for", cpu->function));
	add_spinner(lock, cpu);
	json_put(lock, "state", json_string("no register or stack word fits the lock"));
	finding_add(findings, FINDING_LOCK_SPIN, SEVERITY_NOTICE, 0.4, lock,
		    "CPU %u spins in %s() for a lock that was not found", cpu->cpu, cpu->function);
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
	struct findings *findings = analysis->findings;
	_cleanup_(spin_cpus_deinit) struct spin_cpus cpus = {0};
	struct spinlock_shape shape;
	struct sleepers *sleepers;

	TRY(kernel_sleepers(kernel, &sleepers)); /* for task_doing() */
	TRY(spin_cpus_open(kernel, &cpus));
	spinlock_shape(kernel, &shape);
	for (size_t i = 0; i < cpus.count; i++) {
		if (!cpus.list[i].function)
			continue;
		if (!cpus.list[i].lock)
			emit_unknown(&cpus.list[i], kernel, findings);
		else if (!seen_before(&cpus, i))
			TRY(emit(kernel, &shape, &cpus, &cpus.list[i], findings));
	}
	return NULL;
}

const struct analyzer spinlock_analyzer = {
	.name = "spinlock",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_PERCPU | STEP_TASKS | STEP_STACKS,
	.run = run,
};
