/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stops a CPU: its thread and the list of what that has to do. */
#include "kernel/probe/probe_stopper.h"

#include <string.h>

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/probed.h"

#define STOPPER_BYTES 64u
#define CPUS_MAX 64u

typedef bool stopper_test(const struct sample *sample, uint64_t stopper, size_t offset);

static bool is_thread(const struct sample *sample, uint64_t stopper, size_t offset)
{
	uint64_t task;

	if (!err_ok(memory_read_u64(sample->kernel->memory, stopper + offset, &task)))
		return false;
	for (size_t i = 0; i < sample->count; i++)
		if (sample->tasks[i].address == task)
			return !strncmp((const char *)sample->tasks[i].bytes + sample->comm,
					"migration/", 10);
	return false;
}

static bool is_list(const struct sample *sample, uint64_t stopper, size_t offset)
{
	struct memory *memory = sample->kernel->memory;
	uint64_t head = stopper + offset, link[2], back, next;

	return err_ok(memory_read(memory, head, link, sizeof(link))) &&
	       memory_is_kernel(memory, link[0]) && memory_is_kernel(memory, link[1]) &&
	       err_ok(memory_read_u64(memory, link[0] + 8, &back)) && back == head &&
	       err_ok(memory_read_u64(memory, link[1], &next)) && next == head;
}

/* The first place where the test holds on all CPUs: what is to be done now has a list_head, too, behind works. */
static bool find(const struct sample *sample, stopper_test *test, size_t *ret)
{
	unsigned cpus = MIN(percpu_cpus(sample->kernel->percpu), CPUS_MAX);

	for (*ret = 0; *ret + 16 <= STOPPER_BYTES; *ret += 8) {
		unsigned right = 0, wrong = 0;

		for (unsigned cpu = 0; cpu < cpus; cpu++) {
			uint64_t stopper;

			if (percpu_online(sample->kernel->percpu, cpu) &&
			    err_ok(percpu_symbol(sample->kernel, "cpu_stopper", cpu, &stopper)))
				++*(test(sample, stopper, *ret) ? &right : &wrong);
		}
		if (right && !wrong)
			return true;
	}
	return false;
}

struct err *probe_stopper(const struct sample *sample)
{
	size_t at;

	if (find(sample, is_thread, &at))
		TRY(probed_witness(sample->types, "cpu_stopper", "thread", at, PROBED_POINTER));
	return find(sample, is_list, &at) ? probed_witness(sample->types, "cpu_stopper", "works",
							   at, PROBED_STRUCT("list_head"))
					  : NULL;
}
