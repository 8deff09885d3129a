/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: who waits for whom over all kinds of locks together: cycles, and the root each queue
 *   ends at.
 * Needs: what the lock analyzers before it found, in memory or in the log.
 * False positives: a cycle through an inferred holder is as sure as that inference; its
 *   confidence is the product of its edges'.
 * Kernel commits: none.
 */
#include "analysis.h"
#include "base/str.h"
#include "kernel/locking/sleeper.h"
#include "kernel/tasks/task.h"
#include "kernel/tasks/task_label.h"
#include "locks/io_waits.h"
#include "locks/task_doing.h"
#include "locks/wait_graph.h"
#include "locks/waits_json.h"

/* --- edges out of the locks ------------------------------------------------------------------- */

/*
 * A waiter that runs or is about to has been woken, or does not sleep yet: it will look at the lock
 * again, and may have been handed it already. Spinners run as long as they wait; they have a CPU.
 */
static bool is_stuck(const struct lock_waiter *waiter)
{
	return waiter->cpu >= 0 || (waiter->task->state != 'R' && waiter->task->on_cpu < 0);
}

static struct err *add_edge(struct wait_graph *graph, const struct lock *lock, size_t waiter,
			    const struct lock_holder *holder)
{
	size_t kept = lock->waiter_count;
	size_t unlisted = lock->listed > (int64_t)kept ? (size_t)lock->listed - kept : 0;
	struct wait_edge edge = {
		.from = lock->waiters[waiter].task,
		.to = holder->task,
		.lock = lock,
		.holder = holder,
		.confidence = holder->confidence,
		/* the first in line stands for them */
		.unlisted = waiter ? 0 : unlisted,
	};

	return wait_graph_add(graph, &edge);
}

/* Does this waiter, a reader, stand behind a writer that is stuck itself? */
static bool is_behind(const struct lock *lock, size_t waiter)
{
	return lock->ahead.task && waiter > lock->ahead_at &&
	       lock->waiters[waiter].mode == MODE_READ && is_stuck(&lock->waiters[lock->ahead_at]);
}

/* An edge from each waiter to each possible holder, or to the writer it is behind. */
static struct err *add_lock(struct wait_graph *graph, const struct lock *lock)
{
	for (size_t i = 0; i < lock->waiter_count; i++) {
		if (!lock->waiters[i].task || !is_stuck(&lock->waiters[i]))
			continue;
		if (is_behind(lock, i)) {
			TRY(add_edge(graph, lock, i, &lock->ahead));
			continue;
		}
		for (size_t j = 0; j < lock->holder_count; j++)
			TRY(add_edge(graph, lock, i, &lock->holders[j]));
	}
	return NULL;
}

static struct err *collect(const struct locks *locks, struct wait_graph *graph)
{
	for (size_t i = 0; i < locks->count; i++)
		if (!locks->list[i]->unnamed || locks->list[i]->endless)
			TRY(add_lock(graph, locks->list[i]));
	return NULL;
}

/* --- roots ------------------------------------------------------------------------------------ */

#define HOLDER_MISSING 0.7 /* sureness of a root whose holder is not known */
#define UNSEEN 0.5	   /* and at most of one that is blocked itself, its stack missing */

/* The log tells who waits, not memory. */
static bool of_log(const struct kernel *kernel)
{
	return !(kernel->steps & STEP_STACKS);
}

/* How sure it is that the queue ends here: a holder that sleeps waits for something, too. */
static void judge_root(struct kernel *kernel, struct wait_root *root)
{
	const struct sleeper *sleeper = sleepers_find(kernel->sleepers, root->task);

	if (!root->holder_known) {
		root->confidence = HOLDER_MISSING;
		return;
	}
	if (!sleeper)
		return;
	if (sleeper_stackless(sleeper))
		root->confidence = MIN(root->confidence, UNSEEN);
	if (root->task->on_cpu >= 0)
		return;
	root->missing =
		sleeper_stackless(sleeper) ? "what it waits for is not known: its stack is missing"
		: sleeper->kind > WAIT_NONE && sleeper->kind <= WAIT_PERCPU_RWSEM
			? "the lock that it waits for was not found, nor who holds that"
		: of_log(kernel) ? "what it waits for is no lock, and the log does not say who is "
				   "to wake it"
				 : "what it waits for is no lock, so nothing in memory says who is "
				   "to wake it";
}

/* --- headlines -------------------------------------------------------------------------------- */

#define CYCLE_SHOWN 6 /* tasks of a cycle */

static void own_reader_headline(struct kernel *kernel, const struct wait_cycle *cycle,
				struct str *text)
{
	const struct wait_edge *edge = cycle->edges[!wait_edge_behind(cycle->edges[0])];

	str_puts(text, "self-deadlock: ");
	task_label(edge->from, text);
	str_printf(text, " holds %s for read and waits to read it again, queued behind writer ",
		   lock_display_name(edge->lock));
	task_label(edge->to, text);
	str_puts(text, ", which waits for the first read to end; it is ");
	task_doing(kernel, edge->from, text);
}

static void cycle_headline(struct kernel *kernel, const struct wait_cycle *cycle, struct str *text)
{
	if (wait_cycle_is_own_reader(cycle)) {
		own_reader_headline(kernel, cycle, text);
		str_puts(text, cycle->confidence < 1 ? " (in part inferred)" : "");
		return;
	}
	str_printf(text, "deadlock of %zu task%s: ", cycle->length, cycle->length == 1 ? "" : "s");
	for (size_t i = 0; i < cycle->length && i < CYCLE_SHOWN; i++) {
		task_label(cycle->edges[i]->from, text);
		str_printf(text, "%s waits for %s, %s ", i ? ", which" : "",
			   lock_display_name(cycle->edges[i]->lock),
			   wait_edge_relation(cycle->edges[i]));
	}
	if (cycle->length > CYCLE_SHOWN)
		str_puts(text, "... ");
	task_label(cycle->edges[0]->from, text);
	if (cycle->confidence < 1)
		str_puts(text, " (in part inferred)");
}

#define DEADLOCKS_SHOWN 3

static void cycles_headline(struct kernel *kernel, const struct wait_graph *graph, struct str *text)
{
	const struct wait_cycle *apart[CYCLES_MAX];
	size_t count = wait_graph_apart(graph, apart);

	if (count > 1)
		str_printf(text, "%zu deadlocks: ", count);
	for (size_t i = 0; i < count && i < DEADLOCKS_SHOWN; i++) {
		str_puts(text, i ? "; and " : "");
		cycle_headline(kernel, apart[i], text);
	}
	if (count > DEADLOCKS_SHOWN)
		str_printf(text, "; and %zu more", count - DEADLOCKS_SHOWN);
}

static const char *subject(const struct lock *lock)
{
	return lock->because.length ? lock->because.data : lock_display_name(lock);
}

/* "waiting for completion" is there already: of "completion on the stack of f/1" the rest. */
static const char *name_behind(const char *name, const struct str *text)
{
	size_t word = strcspn(name, " ");

	if (!name[word] || text->length <= word ||
	    strncmp(text->data + text->length - word, name, word) != 0 ||
	    text->data[text->length - word - 1] != ' ')
		return name;
	return name + word + 1;
}

/* "…; nothing in memory says who is to wake it": a wait that no task is known to end. */
static void open_headline(struct kernel *kernel, const struct wait_graph *graph,
			  const struct wait_root *root, struct str *text)
{
	const struct str *because = &root->last->lock->because;
	const struct lock *held = wait_graph_busiest(graph, root->task);
	size_t own = root->last->lock->waiter_count;
	size_t others = root->victims > own ? root->victims - own : 0;
	bool spins = own && root->last->lock->waiters[0].cpu >= 0;

	if (because->length && !root->last->holder->task) {
		str_printf(text, "%s; %zu task%s wait%s for it", because->data, root->victims,
			   root->victims == 1 ? "" : "s", root->victims == 1 ? "s" : "");
		return;
	}
	/* With several in one such wait, nothing says which of them the others are behind. */
	if (own > 1)
		str_printf(text,
			   "%zu tasks wait for %s, directly or behind another; first in line ",
			   root->victims, lock_display_name(root->last->lock));
	task_label(root->task, text);
	if (own == 1 && others)
		str_printf(text, " holds up %zu other task%s%s%s", others, others == 1 ? "" : "s",
			   held ? " through " : "", held ? subject(held) : "");
	str_puts(text, own > 1 ? ", " : ": ");
	task_doing(kernel, root->task, text);
	if (own == 1 && root->last->lock->address)
		str_printf(text, "%s%s",
			   root->last->lock->kind == LOCK_BIT	      ? ": "
			   : root->last->lock->kind == LOCK_PAGE_LOCK ? " of "
			   : spins				      ? " for "
								      : " ",
			   name_behind(lock_display_name(root->last->lock), text));
	str_printf(text, "; %s who %s",
		   of_log(kernel) ? "the log does not say" : "nothing in memory says",
		   spins ? "holds it" : "is to wake it");
}

/* "1 writer and 18 readers queued behind" */
static void describe_queue(const struct lock *lock, struct str *text)
{
	size_t readers = 0, writers = 0, others = 0;

	for (size_t i = 0; i < lock->waiter_count; i++)
		*(lock->waiters[i].mode == MODE_READ	? &readers
		  : lock->waiters[i].mode == MODE_WRITE ? &writers
							: &others) += 1;
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

/* Nobody is left to give the lock back. */
static void ended_headline(const struct wait_root *root, struct str *text)
{
	str_printf(text, "%s is held by ", lock_display_name(root->last->lock));
	task_label(root->task, text);
	str_printf(text, "%s ended without giving it back; %zu task%s wait%s for it",
		   root->task->pid ? ", which has" : ": it", root->victims,
		   root->victims == 1 ? "" : "s", root->victims == 1 ? "s" : "");
}

static void root_headline(struct kernel *kernel, const struct wait_graph *graph,
			  const struct wait_root *root, struct str *text)
{
	enum lock_mode mode = root->last->holder->mode;

	if (!root->holder_known) {
		open_headline(kernel, graph, root, text);
		return;
	}
	if (task_has_ended(root->task)) {
		ended_headline(root, text);
		return;
	}
	str_printf(text, "%s: %s ", subject(root->last->lock),
		   mode == MODE_READ	? "reader"
		   : mode == MODE_WRITE ? "writer"
					: "holder");
	task_label(root->task, text);
	str_puts(text, " ");
	task_doing(kernel, root->task, text);
	str_puts(text, "; ");
	describe_queue(root->last->lock, text);
}

/* About the surest cycle, else the root that stops most; with the confidence in it. */
static struct err *put_headline(struct kernel *kernel, const struct wait_graph *graph,
				const struct io_waits *io, struct str *text, double *confidence)
{
	const struct wait_root *root = graph->roots;
	const struct task *longest = io_waits_longest(graph);

	*confidence = 0.5;
	if (graph->cycle_count) {
		cycles_headline(kernel, graph, text);
		*confidence = graph->cycles[0].confidence;
	} else if (graph->root_count) {
		*confidence = root->confidence;
		if (!io_waits_root(root)) {
			root_headline(kernel, graph, root, text);
			return NULL;
		}
		TRY(io_waits_headline(graph, io, text));
		if (longest) {
			str_puts(text, ", ");
			task_doing(kernel, longest, text);
		}
	} else {
		str_puts(text, "no task waits for another");
	}
	return NULL;
}

static struct err *run(struct analysis *analysis)
{
	_cleanup_(io_waits_deinit) struct io_waits io = {0};
	struct wait_graph *graph = &analysis->waits;
	struct kernel *kernel = analysis->kernel;
	_str_ struct str headline = {0};
	struct sleepers *sleepers;
	double confidence;

	if (!analysis->locks.count)
		return NULL;
	TRY(sleepers_of(kernel, &sleepers));
	TRY(collect(&analysis->locks, graph));
	if (!graph->count)
		return NULL;
	TRY(wait_graph_solve(graph));
	for (size_t i = 0; i < graph->root_count; i++)
		judge_root(kernel, &graph->roots[i]);
	TRY(io_waits_count(graph, &io));
	TRY(put_headline(kernel, graph, &io, &headline, &confidence));
	finding_add(analysis->findings, FINDING_WAITS,
		    graph->cycle_count ? SEVERITY_CRITICAL : SEVERITY_WARNING, confidence,
		    waits_json(kernel, graph, &io), "%s", headline.data);
	return NULL;
}

const struct analyzer waits_analyzer = {
	.name = "waits",
	.uses = STEP_TASKS,
	.run = run,
};
