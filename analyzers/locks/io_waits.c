/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts the tasks whose wait ends with I/O, by device, and says so in one line. */
#include "locks/io_waits.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"
#include "kernel/tasks/task.h"
#include "kernel/tasks/task_label.h"

#define DEVICES_SHOWN 4

static bool is_io(const struct lock *lock)
{
	return lock->kind == LOCK_IO || lock->kind == LOCK_PAGE;
}

bool io_waits_root(const struct wait_root *root)
{
	return !root->holder_known && is_io(root->last->lock);
}

static struct err *add_device(struct io_waits *io, const char *name, size_t tasks)
{
	for (size_t i = 0; i < io->count; i++)
		if (!strcmp(io->devices[i].name, name)) {
			io->devices[i].tasks += tasks;
			return NULL;
		}
	if (!array_grow(io->devices, io->count))
		return &err_nomem;
	io->devices[io->count++] = (struct io_device){name, tasks};
	return NULL;
}

struct err *io_waits_count(const struct wait_graph *graph, struct io_waits *ret)
{
	*ret = (struct io_waits){0};
	for (size_t i = 0; i < graph->root_count; i++) {
		const struct wait_root *root = &graph->roots[i];
		const char *device = root->last->lock->device;

		if (!io_waits_root(root))
			continue;
		ret->tasks += root->victims;
		if (device[0])
			TRY(add_device(ret, device, root->victims));
	}
	return NULL;
}

void io_waits_deinit(struct io_waits *io)
{
	free(io->devices);
	*io = (struct io_waits){0};
}

static void put_devices(const struct io_waits *io, struct str *text)
{
	for (size_t i = 0; i < io->count; i++) {
		if (i == DEVICES_SHOWN) {
			str_printf(text, " and %zu more devices", io->count - i);
			return;
		}
		str_printf(text, "%s%zu on %s", i ? ", " : ": ", io->devices[i].tasks,
			   io->devices[i].name);
	}
}

/* How many tasks wait for each other one: task → tasks, unlisted ones included. */
static struct err *count_behind(const struct wait_graph *graph, struct map *behind)
{
	for (size_t i = 0; i < graph->count; i++) {
		const struct wait_edge *edge = &graph->edges[i];
		uint64_t *known = edge->to ? map_get(behind, (uintptr_t)edge->to) : NULL;

		if (edge->to && !map_set(behind, (uintptr_t)edge->to,
					 (known ? *known : 0) + 1 + edge->unlisted))
			return &err_nomem;
	}
	return NULL;
}

/* The task most others wait for that itself waits for I/O. */
static struct err *put_through(const struct wait_graph *graph, struct str *text)
{
	const struct wait_edge *first = NULL;
	_map_ struct map behind = {0};
	uint64_t most = 0;

	TRY(count_behind(graph, &behind));
	for (size_t i = 0; i < graph->count; i++) {
		const struct wait_edge *edge = &graph->edges[i];
		uint64_t *count = map_get(&behind, (uintptr_t)edge->from);

		if (edge->to || !is_io(edge->lock) || !count || *count <= most)
			continue;
		most = *count;
		first = edge;
	}
	if (!first)
		return NULL;
	str_printf(text, "; %llu of them behind ", (unsigned long long)most);
	task_label(first->from, text);
	str_printf(text, ", which waits for %s", lock_display_name(first->lock));
	return NULL;
}

const struct task *io_waits_longest(const struct wait_graph *graph)
{
	const struct task *longest = NULL;

	for (size_t i = 0; i < graph->count; i++) {
		const struct task *task = graph->edges[i].from;

		if (is_io(graph->edges[i].lock) && task->blocked_ns &&
		    (!longest || task->blocked_ns > longest->blocked_ns))
			longest = task;
	}
	return longest;
}

static void put_longest(const struct wait_graph *graph, struct str *text)
{
	const struct task *longest = io_waits_longest(graph);

	if (!longest)
		return;
	str_puts(text, "; longest ");
	task_label(longest, text);
	str_printf(text, ", for %.1f s", (double)longest->blocked_ns / 1e9);
}

struct err *io_waits_headline(const struct wait_graph *graph, const struct io_waits *io,
			      struct str *text)
{
	bool one = io->count == 1 && io->devices[0].tasks == io->tasks;

	str_printf(text, "%zu task%s wait%s for I/O%s%s that has not ended", io->tasks,
		   io->tasks == 1 ? "" : "s", io->tasks == 1 ? "s" : "", one ? " on " : "",
		   one ? io->devices[0].name : "");
	if (!one)
		put_devices(io, text);
	TRY(put_through(graph, text));
	put_longest(graph, text);
	return NULL;
}
