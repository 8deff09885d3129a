/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Workers of work queues, told from the tasks that are some. */
#include "kernel/probe/probe_workers.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define WORKERS_MAX 256u /* all of the sample: few of them are busy */
#define WORKERS_MIN 2u
#define KTHREAD_BYTES 256u
#define WORKER_BYTES 128u
#define FUNCTION_AT 24 /* work_struct.func, behind data and entry */
#define PWQ_ALIGN 256u /* 1 << WORK_STRUCT_FLAG_BITS, at least */

struct workers {
	const struct sample *sample;
	const struct sample_task *tasks[WORKERS_MAX];
	size_t count;
	uint64_t task_at; /* of struct worker */
};

static void find_tasks(struct workers *workers)
{
	const struct sample *sample = workers->sample;

	for (size_t i = 1; i < sample->count && workers->count < WORKERS_MAX; i++)
		if (!strncmp((const char *)sample->tasks[i].bytes + sample->comm, "kworker/", 8))
			workers->tasks[workers->count++] = &sample->tasks[i];
}

#define TASK_BYTES 16384u /* more than any task_struct */

/* An empty list in the task itself leads to the task's other members: that is no kthread. */
static bool is_kthread(const struct workers *workers, const struct sample_task *task,
		       uint64_t kthread)
{
	return kthread % 8 == 0 && kthread - task->address >= TASK_BYTES &&
	       memory_is_kernel(workers->sample->kernel->memory, kthread);
}

/* The worker that the task's kthread leads to by these places; it has to lead back. */
static bool read_worker(const struct workers *workers, const struct sample_task *task,
			size_t kthread_at, size_t data_at, uint64_t *ret)
{
	struct memory *memory = workers->sample->kernel->memory;
	uint64_t kthread = sample_word(task, kthread_at), back;

	return is_kthread(workers, task, kthread) &&
	       err_ok(memory_read_u64(memory, kthread + data_at, ret)) && *ret % 8 == 0 &&
	       memory_is_kernel(memory, *ret) &&
	       err_ok(memory_read_u64(memory, *ret + workers->task_at, &back)) &&
	       back == task->address;
}

static bool fits_all(const struct workers *workers, size_t kthread_at, size_t data_at)
{
	uint64_t worker;

	for (size_t i = 0; i < workers->count; i++)
		if (!read_worker(workers, workers->tasks[i], kthread_at, data_at, &worker))
			return false;
	return true;
}

/* A place of the first task alone has to fit before those of the others are read. */
static bool find_places(const struct workers *workers, size_t *kthread_at, size_t *data_at)
{
	struct memory *memory = workers->sample->kernel->memory;
	unsigned found = 0;

	for (size_t i = 0; i + 8 <= workers->sample->length; i += 8) {
		uint64_t kthread = sample_word(workers->tasks[0], i);
		uint8_t bytes[KTHREAD_BYTES];

		if (!is_kthread(workers, workers->tasks[0], kthread) ||
		    !err_ok(memory_read(memory, kthread, bytes, sizeof(bytes))))
			continue;
		for (size_t j = 0; j < KTHREAD_BYTES; j += 8) {
			if (!memory_is_kernel(memory, load_u64(bytes + j)) ||
			    !fits_all(workers, i, j))
				continue;
			*kthread_at = i;
			*data_at = j;
			found++;
		}
	}
	return found == 1;
}

/* The work has the function, or is gone already: then it is a function's start at least. */
static bool is_work(const struct workers *workers, uint64_t work, uint64_t function)
{
	struct symbol symbol;
	uint64_t own;

	return (err_ok(memory_read_u64(workers->sample->kernel->memory, work + FUNCTION_AT,
				       &own)) &&
		own == function) ||
	       (symbols_at(workers->sample->kernel->symbols, function, &symbol) &&
		symbol.address == function && (symbol.type == 't' || symbol.type == 'T'));
}

/* pool_workqueue: aligned to what a work item's flags leave of its address; a pool and a queue. */
static bool is_pwq(const struct workers *workers, uint64_t pwq)
{
	struct memory *memory = workers->sample->kernel->memory;
	uint64_t words[2];

	return pwq % PWQ_ALIGN == 0 && memory_is_kernel(memory, pwq) &&
	       err_ok(memory_read(memory, pwq, words, sizeof(words))) &&
	       memory_is_kernel(memory, words[0]) && memory_is_kernel(memory, words[1]);
}

/*
 * current_work, current_func, current_pwq stand side by side, and an idle worker has none of them. False
 * where no worker is busy.
 */
static bool is_at_work(const struct workers *workers, size_t kthread_at, size_t data_at,
		       size_t offset)
{
	struct memory *memory = workers->sample->kernel->memory;
	size_t busy = 0;

	for (size_t i = 0; i < workers->count; i++) {
		uint64_t worker, words[3];

		if (!read_worker(workers, workers->tasks[i], kthread_at, data_at, &worker) ||
		    !err_ok(memory_read(memory, worker + offset, words, sizeof(words))))
			return false;
		if (!words[0] && !words[1] && !words[2])
			continue;
		if (!memory_is_kernel(memory, words[0]) || !memory_is_kernel(memory, words[1]) ||
		    !is_work(workers, words[0], words[1]) || !is_pwq(workers, words[2]))
			return false;
		busy++;
	}
	return busy;
}

static struct err *add_work(const struct workers *workers, size_t kthread_at, size_t data_at)
{
	struct type_provider *types = workers->sample->types;
	size_t at = 0;
	unsigned found = 0;

	for (size_t i = 0; i + 24 <= WORKER_BYTES; i += 8)
		if (is_at_work(workers, kthread_at, data_at, i)) {
			at = i;
			found++;
		}
	if (found != 1)
		return NULL;
	TRY(probed_witness(types, "worker", "current_func", at + 8, PROBED_POINTER));
	return probed_witness(types, "worker", "current_pwq", at + 16, PROBED_POINTER);
}

struct err *probe_workers(const struct sample *sample)
{
	struct workers workers = {.sample = sample};
	struct type worker = sample->types->ops->find(sample->types, TYPE_STRUCT, "worker");
	struct member member;
	size_t kthread_at, data_at;

	if (worker.kind == TYPE_NONE || !type_find_member(worker, "task", &member))
		return NULL;
	workers.task_at = member_offset(&member);
	find_tasks(&workers);
	if (workers.count < WORKERS_MIN || !find_places(&workers, &kthread_at, &data_at))
		return NULL;
	TRY(probed_witness(sample->types, "task_struct", "worker_private", kthread_at,
			   PROBED_POINTER));
	TRY(probed_witness(sample->types, "kthread", "data", data_at, PROBED_POINTER));
	return add_work(&workers, kthread_at, data_at);
}
