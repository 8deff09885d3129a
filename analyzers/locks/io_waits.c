/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "locks/io_waits.h"

#include <string.h>

#include "base/hash.h"
#include "kernel/tasks/task.h"
#include "locks/lock.h"

#define DEVICES_SHOWN 4

static bool is_io(const json_t *lock)
{
	const char *kind = json_string_value(json_object_get(lock, "kind"));

	return kind && (!strcmp(kind, "io") || !strcmp(kind, "page"));
}

bool io_root(const struct wait_root *root)
{
	return !root->holder_known && is_io(root->last->lock);
}

static json_t *device_entry(json_t *devices, const char *name)
{
	json_t *entry;
	size_t i;

	json_array_foreach(devices, i,
			   entry) if (!strcmp(json_string_value(json_object_get(entry, "device")),
					      name)) return entry;
	entry = json_pack("{s:s, s:i}", "device", name, "tasks", 0);
	json_array_append_new(devices, entry);
	return entry;
}

json_t *io_waits_json(const struct wait_graph *graph)
{
	json_t *devices = json_array();
	json_int_t tasks = 0;

	for (size_t i = 0; i < graph->root_count; i++) {
		const struct wait_root *root = &graph->roots[i];

		if (!io_root(root))
			continue;
		const char *name = json_string_value(json_object_get(root->last->lock, "device"));
		json_int_t victims = (json_int_t)root->victims;
		tasks += victims;
		if (!name)
			continue;
		json_t *count = json_object_get(device_entry(devices, name), "tasks");
		json_integer_set(count, json_integer_value(count) + victims);
	}
	if (tasks)
		return json_pack("{s:I, s:o}", "tasks", tasks, "devices", devices);
	json_decref(devices);
	return NULL;
}

static void put_devices(const json_t *devices, struct str *text)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(devices, i, entry)
	{
		if (i == DEVICES_SHOWN) {
			str_printf(text, " and %zu more devices", json_array_size(devices) - i);
			return;
		}
		str_printf(text, "%s%lld on %s", i ? ", " : ": ",
			   (long long)json_integer_value(json_object_get(entry, "tasks")),
			   json_string_value(json_object_get(entry, "device")));
	}
}

/* The task most others wait for that itself waits for I/O. */
static void put_through(const struct wait_graph *graph, struct str *text)
{
	_map_ struct map behind = {0}; /* task → tasks that wait for it, unlisted ones included */
	const struct wait_edge *first = NULL;
	uint64_t most = 0;

	for (size_t i = 0; i < graph->count; i++) {
		const struct wait_edge *edge = &graph->edges[i];
		uint64_t *known = edge->to ? map_get(&behind, edge->to->address) : NULL;

		if (edge->to)
			map_set(&behind, edge->to->address,
				(known ? *known : 0) + 1 + edge->unlisted);
	}
	for (size_t i = 0; i < graph->count; i++) {
		const struct wait_edge *edge = &graph->edges[i];
		uint64_t *count = map_get(&behind, edge->from->address);

		if (edge->to || !is_io(edge->lock) || !count || *count <= most)
			continue;
		most = *count;
		first = edge;
	}
	if (!first)
		return;
	str_printf(text, "; %llu of them behind ", (unsigned long long)most);
	task_label(first->from, text);
	str_printf(text, ", which waits for %s", lock_display_name(first->lock));
}

static void put_longest(const struct wait_graph *graph, struct str *text)
{
	const struct task *longest = NULL;

	for (size_t i = 0; i < graph->count; i++) {
		const struct task *task = graph->edges[i].from;

		if (is_io(graph->edges[i].lock) && task->blocked_ns &&
		    (!longest || task->blocked_ns > longest->blocked_ns))
			longest = task;
	}
	if (!longest)
		return;
	str_puts(text, "; longest ");
	task_label(longest, text);
	str_printf(text, ", for %.1f s", (double)longest->blocked_ns / 1e9);
}

void io_waits_headline(const struct wait_graph *graph, struct str *text)
{
	_json_ json_t *json = io_waits_json(graph);
	long long tasks = json_integer_value(json_object_get(json, "tasks"));
	const json_t *devices = json_object_get(json, "devices"),
		     *only = json_array_get(devices, 0);

	if (json_array_size(devices) != 1 ||
	    json_integer_value(json_object_get(only, "tasks")) != tasks)
		only = NULL;
	str_printf(text, "%lld task%s wait%s for I/O%s%s that has not ended", tasks,
		   tasks == 1 ? "" : "s", tasks == 1 ? "s" : "", only ? " on " : "",
		   only ? json_string_value(json_object_get(only, "device")) : "");
	if (!only)
		put_devices(devices, text);
	put_through(graph, text);
	put_longest(graph, text);
}
