/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a CPU's run queue says it runs, by what its own variables say. */
#include "kernel/probe/probe_runqueue.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/dump/dump.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/probe_sample.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/probed.h"
#include "kernel/types/type.h"

#define RQ_BYTES 8192u
#define CPUS_MAX 64u /* enough witnesses */

#define NEAR_IDLE 64u /* bytes between curr and idle, donor and dl_server among them */

/* One CPU's run queue and the two tasks that it must hold. */
struct queue {
	uint8_t bytes[RQ_BYTES];
	uint64_t current, idle;
};

/* Where each of the two stands in all queues seen so far. */
struct places {
	uint8_t current[RQ_BYTES / 8], idle[RQ_BYTES / 8];
};

/* idle_threads (29d5e0476e1c v3.6), before x86's own: what CPUs idle with. */
static bool read_idle(struct kernel *kernel, unsigned cpu, uint64_t *ret)
{
	uint64_t idle;

	return (err_ok(percpu_symbol(kernel, "idle_threads", cpu, &idle)) ||
		err_ok(percpu_symbol(kernel, "idle_thread_array", cpu, &idle))) &&
	       err_ok(memory_read_u64(kernel->memory, idle, ret));
}

/* The boot CPU has no entry among them: its idle task is init_task. */
static bool read_queue(const struct sample *sample, unsigned cpu, struct queue *ret)
{
	struct kernel *kernel = sample->kernel;
	uint64_t rq;

	if (!percpu_online(kernel->percpu, cpu) || !sample_current(kernel, cpu, &ret->current) ||
	    !err_ok(percpu_symbol(kernel, "runqueues", cpu, &rq)) ||
	    !err_ok(memory_read(kernel->memory, rq, ret->bytes, sizeof(ret->bytes))) ||
	    !read_idle(kernel, cpu, &ret->idle))
		return false;
	if (!ret->idle)
		ret->idle = sample->tasks[0].address;
	return true;
}

static void narrow(const struct queue *queue, struct places *places)
{
	for (size_t i = 0; i < RQ_BYTES / 8; i++) {
		uint64_t word = load_u64(queue->bytes + i * 8);

		places->current[i] &= word == queue->current;
		places->idle[i] &= word == queue->idle;
	}
}

/* All CPUs idle: both are the same task everywhere. Then curr is the last but one, idle the last of a group. */
static bool choose_all_idle(const struct places *places, size_t *current, size_t *idle)
{
	size_t first = 0, found = 0;

	*current = *idle = 0;
	for (size_t i = 0; i < RQ_BYTES / 8; i++)
		if (places->idle[i]) {
			if (!found++)
				first = i * 8;
			*current = *idle;
			*idle = i * 8;
		}
	return found >= 2 && *idle - first < NEAR_IDLE;
}

static bool all_idle(const struct places *places)
{
	return !memcmp(places->current, places->idle, sizeof(places->idle));
}

/* idle stands alone; curr is the last of its kind in front of it, after donor (v6.14). */
static bool choose(const struct places *places, size_t *current, size_t *idle)
{
	size_t found = 0;

	if (all_idle(places))
		return choose_all_idle(places, current, idle);

	for (size_t i = 0; i < RQ_BYTES / 8; i++)
		if (places->idle[i] && !places->current[i]) {
			*idle = i * 8;
			found++;
		}
	if (found != 1)
		return false;
	for (*current = *idle - 8; *current + NEAR_IDLE > *idle && *current < *idle; *current -= 8)
		if (places->current[*current / 8])
			return true;
	return false;
}

#define THREAD_INFO_BYTES 64u
#define CPUS_MIN 2u /* one alone is CPU 0, and most numbers are 0 */

/* At the bottom of the stack, until c65eacbe290b v4.9: its first word is the task. */
static bool read_thread_info(const struct sample *sample, const struct member *stack, unsigned cpu,
			     uint8_t info[static THREAD_INFO_BYTES])
{
	struct memory *memory = sample->kernel->memory;
	uint64_t task, bottom;

	return percpu_online(sample->kernel->percpu, cpu) &&
	       sample_current(sample->kernel, cpu, &task) &&
	       err_ok(memory_read_u64(memory, task + member_offset(stack), &bottom)) &&
	       err_ok(memory_read(memory, bottom, info, THREAD_INFO_BYTES)) &&
	       load_u64(info) == task;
}

/* The only number that is the CPU's own on each of them. */
struct err *probe_thread_info(const struct sample *sample)
{
	unsigned cpus = MIN(percpu_cpus(sample->kernel->percpu), CPUS_MAX), seen = 0, found = 0;
	bool fits[THREAD_INFO_BYTES / 4];
	uint8_t info[THREAD_INFO_BYTES];
	struct member stack;
	size_t at = 0;

	memset(fits, true, sizeof(fits));
	if (!type_find_member(sample->types->ops->find(sample->types, TYPE_STRUCT, "task_struct"),
			      "stack", &stack))
		return NULL;
	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		if (!read_thread_info(sample, &stack, cpu, info))
			continue;
		seen++;
		for (size_t i = 0; i < ARRAY_SIZE(fits); i++)
			fits[i] &= load_u32(info + 4 * i) == cpu;
	}
	for (size_t i = 0; i < ARRAY_SIZE(fits); i++)
		if (fits[i]) {
			at = 4 * i;
			found++;
		}
	return found == 1 && seen >= CPUS_MIN
		       ? probed_add(sample->types, "thread_info", "cpu", at, PROBED_NUMBER(4))
		       : NULL;
}

#define HOT_BYTES 64u /* struct pcpu_hot fills a cache line */

/* The top of the CPU's IRQ stack less a word (951c2a51ae75 v5.12): no other pointer there ends so. */
static bool is_irq_stack(const struct sample *sample, size_t offset)
{
	unsigned cpus = MIN(percpu_cpus(sample->kernel->percpu), CPUS_MAX), seen = 0;

	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		uint64_t hot, top;

		if (!percpu_online(sample->kernel->percpu, cpu) ||
		    !err_ok(percpu_symbol(sample->kernel, "pcpu_hot", cpu, &hot)) ||
		    !err_ok(memory_read_u64(sample->kernel->memory, hot + offset, &top)))
			continue;
		if (top % PAGE_SIZE != PAGE_SIZE - 8 ||
		    !memory_is_kernel(sample->kernel->memory, top))
			return false;
		seen++;
	}
	return seen;
}

struct err *probe_irq_stack(const struct sample *sample)
{
	size_t found = 0, offset = 0;

	for (size_t i = 0; i + 8 <= HOT_BYTES; i += 8)
		if (is_irq_stack(sample, i)) {
			offset = i;
			found++;
		}
	return found == 1 ? probed_add(sample->types, "pcpu_hot", "hardirq_stack_ptr", offset,
				       PROBED_POINTER)
			  : NULL;
}

struct err *probe_runqueue(const struct sample *sample)
{
	unsigned cpus = MIN(percpu_cpus(sample->kernel->percpu), CPUS_MAX), seen = 0;
	_free_ struct queue *queue = malloc(sizeof(*queue));
	struct places places;
	size_t current, idle;

	if (!queue)
		return &err_nomem;
	memset(&places, 1, sizeof(places));
	for (unsigned cpu = 0; cpu < cpus; cpu++)
		if (read_queue(sample, cpu, queue)) {
			narrow(queue, &places);
			seen++;
		}
	if (!seen || !choose(&places, &current, &idle))
		return NULL;
	TRY(probed_add(sample->types, "rq", "curr", current, PROBED_POINTER));
	return probed_add(sample->types, "rq", "idle", idle, PROBED_POINTER);
}
