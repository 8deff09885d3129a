/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When tasks were made and ran last, told from times by the CPUs' clocks. */
#include "kernel/probe/probe_times.h"

#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/code_use.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/probed.h"

#define CPUS_MAX 64u
#define TURNS_MAX (1ull << 40)
#define SECOND 1000000000ull
#define HOUR (3600 * SECOND)
#define SLEPT_MOST (10 * 365 * 24 * HOUR)
#define DISTINCT_MIN 8u
#define BEHIND_MAX 24u /* bytes between sched_info's last_queued and the list */

/* The newest of the run queues' clocks, ns; 0 where it is not known. */
static struct err *read_now(struct kernel *kernel, uint64_t *ret)
{
	const struct code_rule rule = {.source = FROM_ARGUMENT,
				       .argument = 1,
				       .use = USE_SUBTRACT,
				       .number = 8,
				       .callee = "sched_clock_cpu"};
	unsigned cpus = MIN(percpu_cpus(kernel->percpu), CPUS_MAX);
	uint64_t offset;
	bool found;

	*ret = 0;
	TRY(code_find_in(kernel, "update_rq_clock", &rule, &found, &offset));
	for (unsigned cpu = 0; found && cpu < cpus; cpu++) {
		uint64_t rq, clock;

		if (percpu_online(kernel->percpu, cpu) &&
		    err_ok(percpu_symbol(kernel, "runqueues", cpu, &rq)) &&
		    err_ok(memory_read_u64(kernel->memory, rq + offset, &clock)))
			*ret = MAX(*ret, clock);
	}
	return NULL;
}

/*
 * pcount, run_delay, last_arrival, last_queued: how often it came to a CPU, how long it waited for
 * one in all, when it came last, and since when it waits, 0 for who sleeps. The list of tasks has
 * followed it in every kernel; some have the longest and shortest of the waits in its middle, and 7.x
 * the date of the longest at its end. last: of last_arrival.
 */
static bool is_sched_info(const struct sample *sample, size_t offset, size_t last, uint64_t now)
{
	size_t arrived = 0, waiting = 0, recent = 0, several = 0;

	for (size_t i = 1; i < sample->count; i++) {
		const struct sample_task *task = &sample->tasks[i];
		uint64_t turns = sample_word(task, offset), delay = sample_word(task, offset + 8),
			 arrival = sample_word(task, last), queued = sample_word(task, last + 8);

		if (turns > TURNS_MAX || delay > now || arrival > now || queued > now ||
		    (!turns) != (!arrival))
			return false;
		arrived += arrival != 0;
		waiting += queued != 0;
		several += turns > 1;
		recent += task->running && arrival;
	}
	return arrived * 16 >= (sample->count - 1) * 15 && waiting * 4 <= sample->count &&
	       several * 2 > sample->count && recent;
}

/*
 * start_time, and the same with the time the machine slept: tasks are listed in the order they were
 * made. A struct timespec until ccbf62d8a284 v3.17 is none.
 */
static bool is_start_time(const struct sample *sample, size_t offset, uint64_t now)
{
	uint64_t last = 0, last_of_boot = 0;
	size_t distinct = 0;

	for (size_t i = 1; i < sample->count; i++) {
		uint64_t start = sample_word(&sample->tasks[i], offset),
			 of_boot = sample_word(&sample->tasks[i], offset + 8);

		if (start < last || of_boot < last_of_boot || of_boot < start ||
		    start > now + HOUR || of_boot - start > SLEPT_MOST)
			return false;
		distinct += start != last;
		last = start;
		last_of_boot = of_boot;
	}
	return distinct >= DISTINCT_MIN;
}

static struct err *add_start_time(const struct sample *sample, uint64_t now)
{
	size_t found = 0, at = 0;

	for (size_t i = sample->list; i + 16 <= sample->comm; i += 8)
		if (is_start_time(sample, i, now)) {
			at = i;
			found++;
		}
	return found == 1 ? probed_witness(sample->types, "task_struct", "start_time", at,
					   PROBED_NUMBER(8))
			  : NULL;
}

static bool find_sched_info(const struct sample *sample, uint64_t now, size_t *ret)
{
	static const size_t sizes[] = {32, 48};
	size_t found = 0;

	for (size_t behind = 0; behind <= BEHIND_MAX; behind += 8)
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			size_t last = sample->list - behind - 16;

			if (!is_sched_info(sample, sample->list - behind - sizes[i], last, now) ||
			    (found && *ret == last))
				continue;
			*ret = last;
			found++;
		}
	return found == 1;
}

struct err *probe_times(const struct sample *sample)
{
	size_t last = 0;
	uint64_t now;

	TRY(read_now(sample->kernel, &now));
	if (now < SECOND || sample->list < 48 + BEHIND_MAX)
		return NULL;
	TRY(add_start_time(sample, now));
	if (!find_sched_info(sample, now, &last))
		return NULL;
	/* Its last members, the only ones that are told, as if it began with them. */
	TRY(probed_add(sample->types, "sched_info", "last_arrival", 0, PROBED_NUMBER(8)));
	TRY(probed_add(sample->types, "sched_info", "last_queued", 8, PROBED_NUMBER(8)));
	return probed_add(sample->types, "task_struct", "sched_info", last,
			  PROBED_STRUCT("sched_info"));
}
