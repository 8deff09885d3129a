/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds init_task's name and the list of all tasks, and reads a sample of them. */
#include "kernel/probe/probe_sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/parse.h"
#include "kernel/dump/dump.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"

#define COMM_SIZE 16	 /* TASK_COMM_LEN */
#define BEHIND_COMM 1024 /* bytes that hold fs, files, signal and what else follows the name */
#define CLOSED_MIN 8	 /* tasks on a list that does not come back to init_task */

uint64_t sample_word(const struct sample_task *task, size_t offset)
{
	return load_u64(task->bytes + offset);
}

uint32_t sample_number(const struct sample_task *task, size_t offset)
{
	return load_u32(task->bytes + offset);
}

/* --- the name of init_task --------------------------------------------------------------------- */

/* "swapper", since 2.6.37 with "/0" behind it: the only one. */
static bool find_comm(const uint8_t *bytes, size_t length, size_t *ret)
{
	const uint8_t *at = memmem(bytes, length, "swapper", 7);

	if (!at || (strcmp((const char *)at + 7, "/0") && at[7]))
		return false;
	*ret = (size_t)(at - bytes);
	return !memmem(at + 7, length - *ret - 7, "swapper", 7);
}

static bool is_comm(const uint8_t *comm)
{
	size_t length = strnlen((const char *)comm, COMM_SIZE);

	for (size_t i = 0; i < length; i++)
		if (comm[i] < ' ' || comm[i] == 0x7f)
			return false;
	return length && length < COMM_SIZE;
}

/* --- the list of tasks ------------------------------------------------------------------------- */

static bool has_comm(const struct sample *sample, uint64_t task)
{
	uint8_t comm[COMM_SIZE];

	return err_ok(memory_read(sample->kernel->memory, task + sample->comm, comm,
				  sizeof(comm))) &&
	       is_comm(comm);
}

/* How many tasks a list at this offset leads to before it closes; 0 when it is no list of tasks. */
static size_t walk(const struct sample *sample, size_t offset, size_t max)
{
	uint64_t head = sample->tasks[0].address + offset, node = head, link[2];
	size_t count = 0;

	for (; count < max; count++) {
		uint64_t before = node;

		if (!err_ok(memory_read(sample->kernel->memory, node, link, sizeof(link))))
			break;
		node = load_u64(&link[0]);
		if (node == head)
			return count;
		if (node % 8 || !memory_is_kernel(sample->kernel->memory, node) ||
		    !err_ok(memory_read(sample->kernel->memory, node, link, sizeof(link))) ||
		    load_u64(&link[1]) != before || !has_comm(sample, node - offset))
			break;
	}
	return count >= CLOSED_MIN ? count : 0; /* broken further on: what came before it counts */
}

/* The list that leads to most tasks. No other list of tasks begins in init_task itself. */
static bool find_list(struct sample *sample)
{
	size_t best = 2, second = 0;

	for (size_t offset = 0; offset + 16 <= sample->comm; offset += 8) {
		uint64_t next = sample_word(&sample->tasks[0], offset);
		size_t count;

		if (next == sample->tasks[0].address + offset ||
		    !memory_is_kernel(sample->kernel->memory, next))
			continue;
		count = walk(sample, offset, SAMPLE_TASKS);
		if (count > best) {
			second = best;
			best = count;
			sample->list = offset;
		} else {
			second = MAX(second, count);
		}
	}
	return best > 2 && best > second;
}

/* --- the sample -------------------------------------------------------------------------------- */

static struct err *add_task(struct sample *sample, uint64_t address)
{
	struct sample_task task = {.address = address, .bytes = malloc(SAMPLE_BYTES)};

	if (!task.bytes || !array_grow(sample->tasks, sample->count)) {
		free(task.bytes);
		return &err_nomem;
	}
	memory_read_there(sample->kernel->memory, address, task.bytes, sample->length);
	sample->tasks[sample->count++] = task;
	return NULL;
}

static struct err *add_listed(struct sample *sample)
{
	uint64_t head = sample->tasks[0].address + sample->list;
	uint64_t node = sample_word(&sample->tasks[0], sample->list);

	while (node != head && sample->count < SAMPLE_TASKS) {
		if (!memory_is_kernel(sample->kernel->memory, node) ||
		    !has_comm(sample, node - sample->list))
			break;
		TRY(add_task(sample, node - sample->list));
		node = sample_word(&sample->tasks[sample->count - 1], sample->list);
	}
	return NULL;
}

/* current_task; first in pcpu_hot from e57ef2ed97c1 (v6.2) to 46e8fff6d45f (v6.15). */
bool sample_current(struct kernel *kernel, unsigned cpu, uint64_t *ret)
{
	uint64_t address;

	return (err_ok(percpu_symbol(kernel, "current_task", cpu, &address)) ||
		err_ok(percpu_symbol(kernel, "pcpu_hot", cpu, &address))) &&
	       err_ok(memory_read_u64(kernel->memory, address, ret));
}

static void note_running(struct sample *sample)
{
	unsigned cpus = sample->kernel->percpu ? percpu_cpus(sample->kernel->percpu) : 0;
	uint64_t current;

	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		if (!sample_current(sample->kernel, cpu, &current))
			continue;
		for (size_t i = 0; i < sample->count; i++)
			sample->tasks[i].running |= sample->tasks[i].address == current;
	}
	sample->tasks[0].running = true; /* of an idle CPU, or as good as */
}

static struct err *fill(struct sample *sample)
{
	uint64_t init_task;

	if (!symbols_find(sample->kernel->symbols, "init_task", &init_task))
		return err_new(ERR_NOT_FOUND, "no symbol init_task");
	sample->length = SAMPLE_BYTES;
	TRY(add_task(sample, init_task));
	if (!find_comm(sample->tasks[0].bytes, SAMPLE_BYTES - COMM_SIZE, &sample->comm))
		return err_new(ERR_NOT_FOUND, "init_task has no name \"swapper\"");
	if (!find_list(sample))
		return err_new(ERR_NOT_FOUND, "no list leads from init_task to other tasks");
	sample->length = MIN(sample->comm + BEHIND_COMM, (size_t)SAMPLE_BYTES);
	TRY(add_listed(sample));
	note_running(sample);
	return NULL;
}

struct err *sample_open(struct kernel *kernel, struct type_provider *types, struct sample *ret)
{
	struct err *err;

	*ret = (struct sample){.kernel = kernel, .types = types};
	err = fill(ret);
	if (err)
		sample_deinit(ret);
	return err;
}

void sample_deinit(struct sample *sample)
{
	for (size_t i = 0; i < sample->count; i++)
		free(sample->tasks[i].bytes);
	free(sample->tasks);
	*sample = (struct sample){0};
}

const struct sample_task *sample_named(const struct sample *sample, const char *comm)
{
	for (size_t i = 0; i < sample->count; i++)
		if (!strcmp((const char *)sample->tasks[i].bytes + sample->comm, comm))
			return &sample->tasks[i];
	return NULL;
}

/* --- search ------------------------------------------------------------------------------------ */

static bool holds(const struct sample *sample, size_t offset, sample_test *test)
{
	size_t failed = 0;

	for (size_t i = 0; i < sample->count; i++)
		if (!test(sample, &sample->tasks[i], offset) && ++failed * 16 > sample->count)
			return false;
	return true;
}

static bool find_only(const struct sample *sample, size_t from, size_t to, size_t step, bool each,
		      sample_test *test, size_t *ret)
{
	unsigned found = 0;

	for (size_t offset = from; offset < to && offset + 16 <= sample->length; offset += step)
		if (each ? holds(sample, offset, test) : test(sample, NULL, offset)) {
			*ret = offset;
			found++;
		}
	return found == 1;
}

bool sample_find(const struct sample *sample, size_t from, size_t to, size_t step,
		 sample_test *test, size_t *ret)
{
	return find_only(sample, from, to, step, true, test, ret);
}

bool sample_find_whole(const struct sample *sample, size_t from, size_t to, size_t step,
		       sample_test *test, size_t *ret)
{
	return find_only(sample, from, to, step, false, test, ret);
}
