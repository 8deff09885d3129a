/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes who waits for whom as the verdict has it. */
#include "locks/waits_json.h"

#include "base/hash.h"
#include "base/str.h"
#include "describe.h"
#include "kernel/locking/sleeper.h"
#include "kernel/tasks/task.h"
#include "locks/task_doing.h"
#include "locks/waits_brief.h"

#define EDGES_SHOWN 2000 /* in the verdict; counts are always complete */

static json_t *edges_json(const struct wait_graph *graph)
{
	json_t *edges = json_array();

	for (size_t i = 0; i < graph->count && i < EDGES_SHOWN; i++) {
		const struct wait_edge *edge = &graph->edges[i];
		json_t *json = json_object();

		json_put(json, "from", json_integer(edge->from->pid));
		json_put(json, "to", edge->to ? json_integer(edge->to->pid) : json_null());
		json_put(json, "lock", json_escaped(lock_display_name(edge->lock)));
		json_put(json, "relation", json_string(wait_edge_relation(edge)));
		json_put(json, "evidence", json_string(edge->holder->evidence));
		json_put(json, "why", json_escaped(edge->holder->why));
		json_put(json, "confidence", json_real(edge->confidence));
		json_array_append_new(edges, json);
	}
	return edges;
}

static json_t *nodes_json(struct kernel *kernel, const struct wait_graph *graph)
{
	json_t *nodes = json_array();
	_map_ struct map seen = {0};

	for (size_t i = 0; i < graph->count && i < EDGES_SHOWN; i++) {
		const struct task *ends[] = {graph->edges[i].from, graph->edges[i].to};

		for (size_t j = 0; j < ARRAY_SIZE(ends); j++) {
			if (!ends[j] || !map_add(&seen, (uintptr_t)ends[j], 0))
				continue;
			const struct sleeper *sleeper = sleepers_find(kernel->sleepers, ends[j]);
			json_t *node = json_object();

			json_put(node, "task", describe_task(ends[j]));
			json_put(node, "waits_for",
				 sleeper ? json_string(sleeper->what) : json_null());
			if (ends[j]->blocked_ns)
				json_put(node, "blocked_s",
					 json_real((double)ends[j]->blocked_ns / 1e9));
			json_array_append_new(nodes, node);
		}
	}
	return nodes;
}

static json_t *cycle_json(const struct wait_cycle *cycle)
{
	json_t *pids = json_array();

	for (size_t i = 0; i < cycle->length && i < EDGES_SHOWN; i++)
		json_array_append_new(pids, json_integer(cycle->edges[i]->from->pid));
	return pids;
}

static json_t *root_json(struct kernel *kernel, const struct wait_root *root)
{
	json_t *json = json_object();
	_str_ struct str doing = {0};

	task_doing(kernel, root->task, &doing);
	json_put(json, "task", describe_task(root->task));
	json_put(json, "holder_known", json_boolean(root->holder_known));
	json_put(json, "lock", json_escaped(lock_display_name(root->last->lock)));
	json_put(json, "io", json_boolean(io_waits_root(root)));
	json_put(json, "ended", json_boolean(root->holder_known && task_has_ended(root->task)));
	json_put(json, "left", json_boolean(root->last->holder->left));
	json_put(json, "victims", json_integer((json_int_t)root->victims));
	json_put(json, "doing", json_escaped(doing.data));
	json_put(json, "missing", root->missing ? json_string(root->missing) : NULL);
	json_put(json, "confidence", json_real(root->confidence));
	return json;
}

/* Who has waited longest; NULL when no task's time is known. */
static json_t *longest_json(const struct wait_graph *graph)
{
	const struct wait_edge *longest = NULL;

	for (size_t i = 0; i < graph->count; i++)
		if (graph->edges[i].from->blocked_ns > (longest ? longest->from->blocked_ns : 0))
			longest = &graph->edges[i];
	if (!longest)
		return NULL;
	json_t *json = json_object();
	json_put(json, "task", describe_task(longest->from));
	json_put(json, "lock", json_escaped(lock_display_name(longest->lock)));
	json_put(json, "blocked_s", json_real((double)longest->from->blocked_ns / 1e9));
	return json;
}

/* Tasks that wait for I/O, by device; NULL when nobody does. */
static json_t *io_json(const struct io_waits *io)
{
	json_t *devices;

	if (!io->tasks)
		return NULL;
	devices = json_array();
	for (size_t i = 0; i < io->count; i++)
		json_array_append_new(devices,
				      json_pack("{s:s, s:I}", "device", io->devices[i].name,
						"tasks", (json_int_t)io->devices[i].tasks));
	return json_pack("{s:I, s:o}", "tasks", (json_int_t)io->tasks, "devices", devices);
}

json_t *waits_json(struct kernel *kernel, const struct wait_graph *graph, const struct io_waits *io)
{
	json_t *cycles = json_array(), *confidences = json_array(), *roots = json_array();
	json_t *json = json_object();
	_str_ struct str brief = {0};

	waits_brief(kernel, graph, &brief);
	for (size_t i = 0; i < graph->cycle_count; i++) {
		json_array_append_new(cycles, cycle_json(&graph->cycles[i]));
		json_array_append_new(confidences, json_real(graph->cycles[i].confidence));
	}
	for (size_t i = 0; i < graph->root_count; i++)
		json_array_append_new(roots, root_json(kernel, &graph->roots[i]));
	json_put(json, "nodes", nodes_json(kernel, graph));
	json_put(json, "edges", edges_json(graph));
	json_put(json, "edge_count", json_integer((json_int_t)graph->count));
	json_put(json, "cycles", cycles);
	json_put(json, "cycle_confidence", confidences);
	json_put(json, "roots", roots);
	json_put(json, "longest", longest_json(graph));
	json_put(json, "io", io_json(io));
	json_put(json, "brief", brief.data ? json_escaped(brief.data) : json_null());
	return json;
}
