/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: who waits for whom over all kinds of locks together: cycles, and the root each queue
 *   ends at.
 * Needs: tasks; the findings of the lock analyzers before it.
 * False positives: a cycle through an inferred holder is as sure as that inference; its
 *   confidence is the product of its edges'.
 * Kernel commits: none.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "analysis.h"
#include "base/hash.h"
#include "base/str.h"
#include "describe.h"
#include "kernel/tasks/task.h"
#include "locks/io_waits.h"
#include "locks/lock.h"
#include "locks/task_doing.h"
#include "locks/wait_graph.h"

/* --- edges out of the findings ---------------------------------------------------------------- */

static const struct task *json_task(struct kernel *kernel, const json_t *json)
{
	uint64_t address;

	return json_address_value(json_object_get(json_object_get(json, "task"), "address"),
				  &address)
		       ? tasks_find(kernel->tasks, address)
		       : NULL;
}

/*
 * A waiter that runs or is about to has been woken, or does not sleep yet: it will look at the lock
 * again, and may have been handed it already. Spinners run as long as they wait; they have a CPU.
 */
static bool is_stuck(const struct task *task, const json_t *waiter)
{
	return json_object_get(waiter, "cpu") || (task->state != 'R' && task->on_cpu < 0);
}

static struct err *add_lock(struct kernel *kernel, struct wait_graph *graph, const json_t *lock)
{
	const json_t *waiters = json_object_get(lock, "waiters");
	const json_t *holders = json_object_get(lock, "holders");
	size_t unlisted = (size_t)json_integer_value(json_object_get(lock, "waiter_count"));
	size_t i, j;
	json_t *waiter, *holder;

	unlisted -= MIN(unlisted, json_array_size(waiters));

	json_array_foreach(waiters, i, waiter)
	{
		const struct task *from = json_task(kernel, waiter);

		if (!from || !is_stuck(from, waiter))
			continue;
		json_array_foreach(holders, j, holder)
		{
			struct wait_edge edge = {
				.from = from,
				.to = json_task(kernel, holder),
				.lock = lock,
				.holder = holder,
				.confidence =
					json_real_value(json_object_get(holder, "confidence")),
				.unlisted =
					i ? 0 : unlisted, /* the first in line stands for them */
			};
			TRY(wait_graph_add(graph, &edge));
		}
	}
	return NULL;
}

static struct err *collect(struct kernel *kernel, const struct findings *findings,
			   struct wait_graph *graph)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];
		const char *place = finding_place(finding->id);

		if (place && !strcmp(place, "locks[]") && finding->evidence &&
		    !json_is_true(json_object_get(finding->evidence, "unnamed")))
			TRY(add_lock(kernel, graph, finding->evidence));
	}
	return NULL;
}

/* --- words ------------------------------------------------------------------------------------ */

/* Nobody holds a completion: a kworker runs what is waited for, or somebody owes the signal. */
static const char *holding_word(const json_t *lock)
{
	const char *kind = json_string_value(json_object_get(lock, "kind"));
	const char *type =
		json_string_value(json_object_get(json_object_get(lock, "container"), "type"));

	if (!kind || strcmp(kind, "completion") != 0)
		return "held by";
	return type && !strcmp(type, "wq_barrier") ? "run by" : "owed by";
}

static void count_waiters(const json_t *lock, size_t *readers, size_t *writers, size_t *others)
{
	size_t i;
	json_t *waiter;

	*readers = *writers = *others = 0;
	json_array_foreach(json_object_get(lock, "waiters"), i, waiter)
	{
		const char *mode = json_string_value(json_object_get(waiter, "mode"));

		*(mode && !strcmp(mode, "read")	   ? readers
		  : mode && !strcmp(mode, "write") ? writers
						   : others) += 1;
	}
}

/* "1 writer and 18 readers queued behind" */
static void describe_queue(const json_t *lock, struct str *text)
{
	size_t readers, writers, others;

	count_waiters(lock, &readers, &writers, &others);
	if (writers)
		str_printf(text, "%zu writer%s", writers, writers == 1 ? "" : "s");
	if (readers)
		str_printf(text, "%s%zu reader%s", writers ? " and " : "", readers,
			   readers == 1 ? "" : "s");
	if (others)
		str_printf(text, "%s%zu task%s", writers || readers ? " and " : "", others,
			   others == 1 ? "" : "s");
	str_puts(text, " queued behind");
}

/* --- JSON ------------------------------------------------------------------------------------- */

#define EDGES_SHOWN 2000 /* in the verdict; counts are always complete */

static json_t *edges_json(const struct wait_graph *graph)
{
	json_t *edges = json_array();

	for (size_t i = 0; i < graph->count && i < EDGES_SHOWN; i++) {
		const struct wait_edge *edge = &graph->edges[i];
		json_t *json = json_object();

		json_put(json, "from", json_integer(edge->from->pid));
		json_put(json, "to", edge->to ? json_integer(edge->to->pid) : json_null());
		json_put(json, "lock", json_string(lock_display_name(edge->lock)));
		json_put(json, "relation", json_string(holding_word(edge->lock)));
		json_object_set(json, "evidence", json_object_get(edge->holder, "evidence"));
		json_object_set(json, "why", json_object_get(edge->holder, "why"));
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
			if (!ends[j] || !map_add(&seen, ends[j]->address, 0))
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

#define UNSEEN 0.5 /* sureness that a blocked task without a stack is where a queue ends */

/* A blocked task waits for something: where its stack is missing, edges are too. */
static double root_confidence(struct kernel *kernel, const struct wait_root *root)
{
	const struct sleeper *sleeper = sleepers_find(kernel->sleepers, root->task);

	if (!root->holder_known)
		return 0.7;
	return sleeper && sleeper_stackless(sleeper) ? MIN(root->confidence, UNSEEN)
						     : root->confidence;
}

/* A holder that sleeps itself, in nothing we know: its own edge is missing from the graph. */
static const char *missing_edge(struct kernel *kernel, const struct wait_root *root)
{
	const struct sleeper *sleeper = sleepers_find(kernel->sleepers, root->task);

	if (!root->holder_known || !sleeper || root->task->on_cpu >= 0)
		return NULL;
	return sleeper_stackless(sleeper)
		       ? "what it waits for is not known: its stack is missing"
		       : "what it waits for is no lock, so nothing in memory says "
			 "who is to wake it";
}

static json_t *root_json(struct kernel *kernel, const struct wait_root *root)
{
	json_t *json = json_object();
	_str_ struct str doing = {0};

	task_doing(kernel, root->task, &doing);
	json_put(json, "task", describe_task(root->task));
	json_put(json, "holder_known", json_boolean(root->holder_known));
	json_put(json, "lock", json_string(lock_display_name(root->last->lock)));
	json_put(json, "io", json_boolean(io_root(root)));
	json_put(json, "victims", json_integer((json_int_t)root->victims));
	json_put(json, "doing", json_string(doing.data));
	const char *missing = missing_edge(kernel, root);
	json_put(json, "missing", missing ? json_string(missing) : NULL);
	json_put(json, "confidence", json_real(root_confidence(kernel, root)));
	return json;
}

/* Who has waited longest, of those whose time is known; NULL when none's is. */
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
	json_put(json, "lock", json_string(lock_display_name(longest->lock)));
	json_put(json, "blocked_s", json_real((double)longest->from->blocked_ns / 1e9));
	return json;
}

/* --- headlines -------------------------------------------------------------------------------- */

static void cycle_headline(const struct wait_cycle *cycle, struct str *text)
{
	str_printf(text, "deadlock of %zu task%s: ", cycle->length, cycle->length == 1 ? "" : "s");
	for (size_t i = 0; i < cycle->length && i < 6; i++) {
		task_label(cycle->edges[i]->from, text);
		str_printf(text, "%s waits for %s, %s ", i ? ", which" : "",
			   lock_display_name(cycle->edges[i]->lock),
			   holding_word(cycle->edges[i]->lock));
	}
	if (cycle->length > 6)
		str_puts(text, "... ");
	task_label(cycle->edges[0]->from, text);
	if (cycle->confidence < 1)
		str_puts(text, " (in part inferred)");
}

/* Of the locks this task is said to hold, the one most tasks wait for; NULL when there is none. */
static const json_t *busiest_lock(const struct wait_graph *graph, const struct task *task)
{
	const json_t *busiest = NULL;
	size_t most = 0;

	for (size_t i = 0; i < graph->count; i++) {
		size_t count = json_array_size(json_object_get(graph->edges[i].lock, "waiters"));

		if (graph->edges[i].to != task || count <= most)
			continue;
		busiest = graph->edges[i].lock;
		most = count;
	}
	return busiest;
}

/* "…; nothing in memory says who is to wake it": a wait that no task is known to end. */
static void open_headline(struct kernel *kernel, const struct wait_graph *graph,
			  const struct wait_root *root, struct str *text)
{
	const json_t *held = busiest_lock(graph, root->task);
	size_t own = json_array_size(json_object_get(root->last->lock, "waiters"));
	size_t others = root->victims > own ? root->victims - own : 0;

	/* Several in one such wait: which of them the others stand behind is not told. */
	if (own > 1)
		str_printf(text,
			   "%zu tasks wait for %s, directly or behind another; first in line ",
			   root->victims, lock_display_name(root->last->lock));
	task_label(root->task, text);
	if (own == 1 && others)
		str_printf(text, " holds up %zu other task%s%s%s", others, others == 1 ? "" : "s",
			   held ? " through " : "", held ? lock_display_name(held) : "");
	str_puts(text, own > 1 ? ", " : ": ");
	task_doing(kernel, root->task, text);
	if (own == 1 && json_object_get(root->last->lock, "address"))
		str_printf(text, " %s", lock_display_name(root->last->lock));
	str_puts(text, "; nothing in memory says who is to wake it");
}

static void root_headline(struct kernel *kernel, const struct wait_graph *graph,
			  const struct wait_root *root, struct str *text)
{
	const char *mode = json_string_value(json_object_get(root->last->holder, "mode"));

	if (!root->holder_known) {
		open_headline(kernel, graph, root, text);
		return;
	}
	str_printf(text, "%s: %s ", lock_display_name(root->last->lock),
		   mode && !strcmp(mode, "read")    ? "reader"
		   : mode && !strcmp(mode, "write") ? "writer"
						    : "holder");
	task_label(root->task, text);
	str_puts(text, " ");
	task_doing(kernel, root->task, text);
	str_puts(text, "; ");
	describe_queue(root->last->lock, text);
}

static void emit(struct kernel *kernel, struct findings *findings, const struct wait_graph *graph)
{
	json_t *cycles = json_array(), *roots = json_array(), *details = json_array();
	json_t *json = json_object();
	_str_ struct str text = {0};
	double confidence = 0.5;

	for (size_t i = 0; i < graph->cycle_count; i++) {
		json_array_append_new(cycles, cycle_json(&graph->cycles[i]));
		json_array_append_new(details, json_real(graph->cycles[i].confidence));
	}
	for (size_t i = 0; i < graph->root_count; i++)
		json_array_append_new(roots, root_json(kernel, &graph->roots[i]));
	json_put(json, "nodes", nodes_json(kernel, graph));
	json_put(json, "edges", edges_json(graph));
	json_put(json, "edge_count", json_integer((json_int_t)graph->count));
	json_put(json, "cycles", cycles);
	json_put(json, "cycle_confidence", details);
	json_put(json, "roots", roots);
	json_put(json, "longest", longest_json(graph));

	json_put(json, "io", io_waits_json(graph));

	const struct wait_root *root = graph->root_count ? graph->roots : NULL;
	if (graph->cycle_count) {
		cycle_headline(&graph->cycles[0], &text);
		confidence = graph->cycles[0].confidence;
	} else if (root) {
		if (io_root(root))
			io_waits_headline(graph, &text);
		else
			root_headline(kernel, graph, root, &text);
		confidence = root_confidence(kernel, root);
	}
	finding_add(findings, FINDING_WAITS,
		    graph->cycle_count ? SEVERITY_CRITICAL : SEVERITY_WARNING, confidence, json,
		    "%s", text.data ? text.data : "no task waits for another");
}

static struct err *run(struct analysis *analysis)
{
	struct kernel *kernel = analysis->kernel;
	struct findings *findings = analysis->findings;
	_cleanup_(wait_graph_deinit) struct wait_graph graph = {0};
	struct sleepers *sleepers;

	TRY(kernel_sleepers(kernel, &sleepers));
	TRY(collect(kernel, findings, &graph));
	if (!graph.count)
		return NULL;
	TRY(wait_graph_solve(&graph));
	emit(kernel, findings, &graph);
	return NULL;
}

const struct analyzer waits_analyzer = {
	.name = "waits",
	.needs = STEP_SYMBOLS | STEP_TASKS | STEP_STACKS,
	.run = run,
};
