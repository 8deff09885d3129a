/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wait-for graph solved: its cycles, and the roots its queues end at. */
#include "locks/wait_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/hash.h"

/* A task with its outgoing edges: a run of graph->edges after sorting by from. */
struct wait_node {
	const struct task *task;
	size_t first, count; /* edges; best first */
	enum { WHITE, GREY, BLACK } colour;
	size_t depth; /* in the search's path while grey */
	size_t walk; /* number of the walk towards a root that came by first, from 1; 0: none has */
	size_t root; /* where that walk ended, or NO_ROOT */
	bool settled; /* root is known */
};

#define NO_ROOT SIZE_MAX /* the walk ends in a cycle */

const char *wait_edge_relation(const struct wait_edge *edge)
{
	return wait_edge_behind(edge) ? "queued behind" : lock_holding_word(edge->lock);
}

struct err *wait_graph_add(struct wait_graph *graph, const struct wait_edge *edge)
{
	if (!array_grow(graph->edges, graph->count))
		return &err_nomem;
	graph->edges[graph->count++] = *edge;
	return NULL;
}

static int by_from(const void *a, const void *b)
{
	const struct wait_edge *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->confidence < y->confidence ? 1 : x->confidence > y->confidence ? -1 : 0;
}

/* All tasks that wait. */
struct nodes {
	struct wait_node *list;
	size_t count;
	struct map index; /* task → place in list */
};

static void nodes_deinit(struct nodes *nodes)
{
	free(nodes->list);
	map_deinit(&nodes->index);
}

static struct err *build_nodes(struct wait_graph *graph, struct nodes *nodes)
{
	const struct wait_edge *edges = graph->edges;

	qsort(graph->edges, graph->count, sizeof(*graph->edges), by_from);
	nodes->list = calloc(graph->count + 1, sizeof(*nodes->list));
	if (!nodes->list)
		return &err_nomem;
	for (size_t i = 0; i < graph->count; i++) {
		if (i && edges[i - 1].from == edges[i].from) {
			nodes->list[nodes->count - 1].count++;
			continue;
		}
		if (!map_set(&nodes->index, (uintptr_t)edges[i].from, nodes->count))
			return &err_nomem;
		nodes->list[nodes->count++] =
			(struct wait_node){.task = edges[i].from, .first = i, .count = 1};
	}
	return NULL;
}

/* NULL for a task that waits for nobody. */
static struct wait_node *node_of(const struct nodes *nodes, const struct task *task)
{
	uint64_t *at = task ? map_get(&nodes->index, (uintptr_t)task) : NULL;

	return at ? &nodes->list[*at] : NULL;
}

/* --- cycles: depth first, with an explicit path ----------------------------------------------- */

struct search {
	struct wait_graph *graph;
	const struct nodes *nodes;
	struct {
		struct wait_node *node;
		size_t edge; /* the one being followed */
	} * path;
	size_t depth;
	size_t looked_at; /* edges of cycles */
	double at_least;  /* edges less sure are passed over */
	double below;	  /* cycles this sure have been found before */
};

#define CYCLE_EDGES_MAX (1u << 22) /* looked at in all cycles together; each edge may close one */

/* Where a new cycle goes: behind the others, or in place of a less sure one; NULL: nowhere. */
static struct wait_cycle *cycle_slot(struct wait_graph *graph, double confidence)
{
	struct wait_cycle *least = graph->cycles;

	if (graph->cycle_count < CYCLES_MAX)
		return &graph->cycles[graph->cycle_count++];
	for (size_t i = 1; i < CYCLES_MAX; i++)
		if (graph->cycles[i].confidence < least->confidence)
			least = &graph->cycles[i];
	if (least->confidence >= confidence)
		return NULL;
	free(least->edges);
	return least;
}

static struct err *record_cycle(struct search *search, const struct wait_node *back_to)
{
	struct wait_cycle cycle = {.confidence = 1};

	if (search->looked_at > CYCLE_EDGES_MAX)
		return NULL;
	search->looked_at += search->depth - back_to->depth;
	cycle.edges = calloc(search->depth - back_to->depth, sizeof(*cycle.edges));
	if (!cycle.edges)
		return &err_nomem;
	for (size_t i = back_to->depth; i < search->depth; i++) {
		const struct wait_edge *edge =
			&search->graph->edges[search->path[i].node->first + search->path[i].edge];

		cycle.edges[cycle.length++] = edge;
		cycle.confidence *= edge->confidence;
	}
	struct wait_cycle *slot = cycle.confidence < search->below
					  ? cycle_slot(search->graph, cycle.confidence)
					  : NULL;
	if (slot)
		*slot = cycle;
	else
		free(cycle.edges);
	return NULL;
}

static void push(struct search *search, struct wait_node *node)
{
	node->colour = GREY;
	node->depth = search->depth;
	search->path[search->depth].node = node;
	search->path[search->depth++].edge = 0;
}

static struct err *search_from(struct search *search, struct wait_node *start)
{
	push(search, start);
	while (search->depth) {
		struct wait_node *node = search->path[search->depth - 1].node;
		size_t *edge = &search->path[search->depth - 1].edge;

		if (*edge == node->count) {
			node->colour = BLACK;
			search->depth--;
			if (search->depth)
				search->path[search->depth - 1].edge++;
			continue;
		}
		const struct wait_edge *taken = &search->graph->edges[node->first + *edge];
		struct wait_node *next = taken->confidence >= search->at_least
						 ? node_of(search->nodes, taken->to)
						 : NULL;
		if (next && next->colour == WHITE) {
			push(search, next);
			continue;
		}
		if (next && next->colour == GREY)
			TRY(record_cycle(search, next));
		++*edge;
	}
	return NULL;
}

static int by_sureness(const void *a, const void *b)
{
	const struct wait_cycle *x = a, *y = b;

	return x->confidence < y->confidence ? 1 : x->confidence > y->confidence ? -1 : 0;
}

static struct err *search_all(struct search *search)
{
	const struct nodes *nodes = search->nodes;

	for (size_t i = 0; i < nodes->count; i++)
		nodes->list[i].colour = WHITE;
	for (size_t i = 0; i < nodes->count; i++)
		if (nodes->list[i].colour == WHITE)
			TRY(search_from(search, &nodes->list[i]));
	return NULL;
}

/* By proven edges first: suspected holders of a crowd make more cycles than can be looked at. */
static struct err *find_cycles(struct wait_graph *graph, const struct nodes *nodes)
{
	struct search proven = {.graph = graph, .nodes = nodes, .at_least = 1, .below = INFINITY};
	struct search all = {.graph = graph, .nodes = nodes, .below = 1};
	struct err *err = &err_nomem;

	graph->cycles = calloc(CYCLES_MAX, sizeof(*graph->cycles));
	proven.path = all.path = calloc(nodes->count + 1, sizeof(*all.path));
	if (graph->cycles && all.path) {
		err = search_all(&proven);
		err = err ? err : search_all(&all);
	}
	qsort(graph->cycles, graph->cycle_count, sizeof(*graph->cycles), by_sureness);
	free(all.path);
	return err;
}

/* --- roots: follow each task's best edge to its end ------------------------------------------- */

static const struct wait_edge *best_edge(const struct wait_graph *graph,
					 const struct wait_node *node)
{
	return &graph->edges[node->first];
}

/* What tells roots apart: the task, or the lock whose holder is not known. */
static uint64_t root_key(const struct wait_edge *edge)
{
	return edge->to ? (uintptr_t)edge->to : (uintptr_t)edge->lock;
}

static bool add_root(struct wait_graph *graph, struct map *known, const struct wait_edge *edge,
		     size_t *at)
{
	uint64_t *found = map_get(known, root_key(edge));

	if (!found) {
		if (!map_set(known, root_key(edge), graph->root_count))
			return false;
		*at = graph->root_count++;
		graph->roots[*at] = (struct wait_root){.task = edge->to ? edge->to : edge->from,
						       .holder_known = edge->to,
						       .last = edge,
						       .confidence = edge->confidence};
		return true;
	}
	*at = *found;
	return true;
}

/*
 * Follow best edges to a root or to a node an earlier walk went through: each node is entered once
 * over all walks, so a queue of any length costs no more than its length.
 */
static struct err *find_root(struct wait_graph *graph, const struct nodes *nodes, struct map *known,
			     struct wait_node *node, size_t walk, size_t *root)
{
	while (!node->walk) {
		const struct wait_edge *edge = best_edge(graph, node);
		struct wait_node *next = node_of(nodes, edge->to);

		node->walk = walk;
		if (!next)
			return add_root(graph, known, edge, root) ? NULL : &err_nomem;
		node = next;
	}
	*root = node->walk == walk ? NO_ROOT : node->root;
	return NULL;
}

/* Count the tasks of a walk as its root's victims. */
static void settle(struct wait_graph *graph, const struct nodes *nodes, struct wait_node *node,
		   size_t root)
{
	while (node && !node->settled) {
		const struct wait_edge *edge = best_edge(graph, node);

		node->root = root;
		node->settled = true;
		if (root != NO_ROOT)
			graph->roots[root].victims += 1 + edge->unlisted;
		node = node_of(nodes, edge->to);
	}
}

/*
 * A holder says more than a wait nobody is known to end, such as I/O, of which any machine has
 * some: each task it stops counts for so many.
 */
#define HOLDER_WEIGHT 8

static int by_weight(const void *a, const void *b)
{
	const struct wait_root *x = a, *y = b;
	/* Whoever sleeps where nobody knows what for comes behind what is known to be a wait. */
	if (x->last->lock->unnamed != y->last->lock->unnamed)
		return x->last->lock->unnamed ? 1 : -1;
	size_t left = x->victims * (x->holder_known ? HOLDER_WEIGHT : 1);
	size_t right = y->victims * (y->holder_known ? HOLDER_WEIGHT : 1);

	return left < right ? 1 : left > right ? -1 : 0;
}

static struct err *find_roots(struct wait_graph *graph, const struct nodes *nodes)
{
	_map_ struct map known = {0};

	graph->roots = calloc(nodes->count + 1, sizeof(*graph->roots));
	if (!graph->roots)
		return &err_nomem;
	for (size_t i = 0; i < nodes->count; i++) {
		size_t root;

		if (nodes->list[i].settled)
			continue;
		TRY(find_root(graph, nodes, &known, &nodes->list[i], i + 1, &root));
		settle(graph, nodes, &nodes->list[i], root);
	}
	qsort(graph->roots, graph->root_count, sizeof(*graph->roots), by_weight);
	return NULL;
}

struct err *wait_graph_solve(struct wait_graph *graph)
{
	_cleanup_(nodes_deinit) struct nodes nodes = {0};

	TRY(build_nodes(graph, &nodes));
	TRY(find_cycles(graph, &nodes));
	return find_roots(graph, &nodes);
}

void wait_graph_deinit(struct wait_graph *graph)
{
	free(graph->edges);
	for (size_t i = 0; i < graph->cycle_count; i++)
		free(graph->cycles[i].edges);
	free(graph->cycles);
	free(graph->roots);
	*graph = (struct wait_graph){0};
}

/* --- what it shows ---------------------------------------------------------------------------- */

bool wait_cycle_is_own_reader(const struct wait_cycle *cycle)
{
	return cycle->length == 2 && cycle->edges[0]->lock == cycle->edges[1]->lock &&
	       wait_edge_behind(cycle->edges[0]) != wait_edge_behind(cycle->edges[1]);
}

#define APART_SURE 0.6 /* a cycle beside the first that is counted as one more deadlock */

static bool shares_task(const struct wait_cycle *one, const struct wait_cycle *other)
{
	for (size_t i = 0; i < one->length; i++)
		for (size_t j = 0; j < other->length; j++)
			if (one->edges[i]->from == other->edges[j]->from)
				return true;
	return false;
}

size_t wait_graph_apart(const struct wait_graph *graph, const struct wait_cycle *apart[CYCLES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < graph->cycle_count; i++) {
		const struct wait_cycle *cycle = &graph->cycles[i];
		bool own = !count || cycle->confidence >= APART_SURE;

		for (size_t j = 0; j < count && own; j++)
			own = !shares_task(cycle, apart[j]);
		if (own)
			apart[count++] = cycle;
	}
	return count;
}

const struct lock *wait_graph_busiest(const struct wait_graph *graph, const struct task *task)
{
	const struct lock *busiest = NULL;
	size_t most = 0;

	for (size_t i = 0; i < graph->count; i++) {
		size_t count = graph->edges[i].lock->waiter_count;

		if (graph->edges[i].to != task || count <= most)
			continue;
		busiest = graph->edges[i].lock;
		most = count;
	}
	return busiest;
}
