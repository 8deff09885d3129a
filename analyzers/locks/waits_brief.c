/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wait-for graph in one line: as much of it as fits. */
#include "locks/waits_brief.h"

#include <string.h>

#include "kernel/tasks/task_label.h"
#include "locks/io_waits.h"
#include "locks/task_doing.h"

#define LINE 100   /* characters */
#define LIST_MAX 4 /* tasks, or locks, of a cycle */

/* How much is told; what does not fit is tried with the next. */
enum detail { FULL, LESS, LEAST, BARE };

/* Of "mutex_a [module]" the name. */
static void put_lock(const struct lock *lock, struct str *text)
{
	const char *name = lock_display_name(lock), *module = strstr(name, " [");

	str_append(text, name, module ? (size_t)(module - name) : strlen(name));
}

/* "CPU 2's answer to lab_ask()", "work of queue lab" in less room: "CPU 2's answer", "queue lab" */
static void put_lock_short(const struct lock *lock, struct str *text)
{
	if (has_prefix(lock_display_name(lock), "work of queue ")) {
		str_puts(text, lock_display_name(lock) + strlen("work of "));
		return;
	}
	const char *to =
		lock->kind == LOCK_CPU_CALL ? strstr(lock_display_name(lock), " to ") : NULL;

	if (to)
		str_append(text, lock_display_name(lock), (size_t)(to - lock_display_name(lock)));
	else
		put_lock(lock, text);
}

/* --- cycles ----------------------------------------------------------------------------------- */

static bool lock_before(const struct wait_cycle *cycle, size_t end)
{
	for (size_t i = 0; i < end; i++)
		if (cycle->edges[i]->lock == cycle->edges[end]->lock)
			return true;
	return false;
}

static void put_locks(const struct wait_cycle *cycle, size_t most, bool in_short, struct str *text)
{
	size_t shown = 0;

	for (size_t i = 0; i < cycle->length; i++) {
		if (lock_before(cycle, i))
			continue;
		if (shown++ == most) {
			str_puts(text, ", ...");
			return;
		}
		str_puts(text, shown > 1 ? ", " : "");
		if (in_short)
			put_lock_short(cycle->edges[i]->lock, text);
		else
			put_lock(cycle->edges[i]->lock, text);
	}
}

/* "db/7, db/8", or in less room "db/7, 8". */
static void put_tasks(const struct wait_cycle *cycle, enum detail detail, struct str *text)
{
	for (size_t i = 0; i < cycle->length && i < LIST_MAX; i++) {
		const struct task *task = cycle->edges[i]->from;

		str_puts(text, i ? ", " : "");
		if (detail > FULL && i && !strcmp(task->comm, cycle->edges[i - 1]->from->comm))
			str_printf(text, "%d", task->pid);
		else
			task_label(task, text);
	}
	str_puts(text, cycle->length > LIST_MAX ? ", ..." : "");
}

static void put_own_reader(const struct wait_cycle *cycle, struct str *text)
{
	const struct wait_edge *edge = cycle->edges[!wait_edge_behind(cycle->edges[0])];

	str_puts(text, "self-deadlock: ");
	task_label(edge->from, text);
	str_puts(text, " reads ");
	put_lock(edge->lock, text);
	str_puts(text, " again, behind waiting writer ");
	task_label(edge->to, text);
}

/* CPUs that wait for each other's answers: whatever task each of them had. */
static bool is_of_cpus(const struct wait_cycle *cycle)
{
	for (size_t i = 0; i < cycle->length; i++)
		if (cycle->edges[i]->lock->kind != LOCK_CPU_CALL)
			return false;
	return true;
}

/* Work items that wait for each other's queues: which kworker runs each says nothing. */
static bool is_of_queues(const struct wait_cycle *cycle)
{
	for (size_t i = 0; i < cycle->length; i++)
		if (!cycle->edges[i]->lock->work_item)
			return false;
	return cycle->length > 1;
}

/* "work of queue lab"; in less room "queue lab" for the first of them, and "lab" for those after it */
static void put_queue(const struct lock *lock, enum detail detail, bool first, struct str *text)
{
	const char *name = lock_display_name(lock);

	if (detail > FULL && !first && has_prefix(name, "work of queue "))
		str_puts(text, name + strlen("work of queue "));
	else if (detail > FULL)
		put_lock_short(lock, text);
	else
		put_lock(lock, text);
}

/*
 * "deadlock: lab_flush() waits for work of queue a, lab_commit() for work of queue b", in the least room
 * "deadlock: lab_flush(), lab_commit() wait for each other's queues"
 */
static void put_queues(struct kernel *kernel, const struct wait_cycle *cycle, enum detail detail,
		       struct str *text)
{
	str_puts(text, "deadlock: ");
	for (size_t i = 0; i < cycle->length && i < LIST_MAX; i++) {
		const struct wait_edge *edge = cycle->edges[i];
		struct sleeper own = {0};
		const struct sleeper *stack = sleepers_stack(kernel, edge->from, &own);
		const char *caller = stack ? task_doing_work(stack) : NULL;

		str_puts(text, i ? ", " : "");
		if (caller)
			str_printf(text, "%s()", caller);
		else
			task_label(edge->from, text);
		sleeper_deinit(&own);
		if (detail >= LEAST)
			continue;
		str_puts(text, i ? " for " : " waits for ");
		put_queue(edge->lock, detail, !i, text);
	}
	str_puts(text, cycle->length > LIST_MAX ? ", ..." : "");
	if (detail >= LEAST)
		str_puts(text, " wait for each other's queues");
}

static void put_cycle(struct kernel *kernel, const struct wait_cycle *cycle, enum detail detail,
		      struct str *text)
{
	if (wait_cycle_is_own_reader(cycle)) {
		put_own_reader(cycle, text);
		return;
	}
	if (is_of_queues(cycle)) {
		put_queues(kernel, cycle, detail, text);
		return;
	}
	bool cpus = detail >= LEAST && is_of_cpus(cycle);
	if (cpus || detail == LESS ||
	    (detail >= LEAST && cycle->length <= LIST_MAX)) /* all are named */
		str_puts(text, "deadlock over ");
	else
		str_printf(text, "deadlock of %zu task%s over ", cycle->length,
			   cycle->length == 1 ? "" : "s");
	put_locks(cycle, detail >= LEAST && !cpus ? 1 : LIST_MAX,
		  detail > FULL && !is_of_cpus(cycle), text);
	if (cpus)
		return;
	str_puts(text, ": ");
	put_tasks(cycle, detail, text);
}

static void put_cycles(struct kernel *kernel, const struct wait_graph *graph, enum detail detail,
		       struct str *text)
{
	const struct wait_cycle *apart[CYCLES_MAX];
	size_t count = wait_graph_apart(graph, apart);

	if (count == 1) {
		put_cycle(kernel, apart[0], detail, text);
		return;
	}
	str_printf(text, "%zu deadlocks: ", count);
	for (size_t i = 0; i < count && i < LIST_MAX; i++) {
		str_puts(text, i ? "; " : "");
		put_locks(apart[i], LIST_MAX, false, text);
		if (detail >= LEAST)
			continue;
		str_puts(text, " (");
		put_tasks(apart[i], detail, text);
		str_puts(text, ")");
	}
	str_puts(text, count > LIST_MAX ? "; ..." : "");
}

/* --- roots ------------------------------------------------------------------------------------ */

static void put_doing(struct kernel *kernel, const struct task *task, enum detail detail,
		      struct str *text)
{
	_str_ struct str doing = {0};
	const char *wait;

	task_doing(kernel, task, &doing);
	if (!doing.data)
		return;
	wait = detail < LEAST ? NULL : strstr(doing.data, ", waiting for ");
	str_append(text, doing.data, wait ? (size_t)(wait - doing.data) : doing.length);
}

static void put_subject(const struct lock *lock, struct str *text)
{
	if (lock->because.length)
		str_puts(text, lock->because.data);
	else
		put_lock(lock, text);
}

static void put_victims(const struct wait_root *root, struct str *text)
{
	str_printf(text, "; %zu task%s wait%s for it", root->victims, root->victims == 1 ? "" : "s",
		   root->victims == 1 ? "s" : "");
}

/* "db/7 waits in db_flush() for bit 3 in kmalloc-32 object 0x… +0x10" */
static void put_bit_root(struct kernel *kernel, const struct wait_root *root, struct str *text)
{
	struct sleeper own = {0};
	const struct sleeper *stack = sleepers_stack(kernel, root->task, &own);
	const char *caller = stack ? task_doing_lock_caller(stack) : NULL;

	if (stack && stack->kind == WAIT_NONE) /* wait_var_event() is inlined */
		caller = task_doing_function(stack);
	task_label(root->task, text);
	if (caller)
		str_printf(text, " waits in %s() for ", caller);
	else
		str_puts(text, " waits for ");
	put_lock(root->last->lock, text);
	sleeper_deinit(&own);
}

/* A thing with a name, which is worth its room; the end of a child or of a grace period has none. */
static bool is_object(const struct lock *lock)
{
	return lock->kind != LOCK_OTHER && lock->kind != LOCK_COMPLETION;
}

/* Who is to wake the root is not known. */
static void put_open_root(struct kernel *kernel, const struct wait_graph *graph,
			  const struct wait_root *root, enum detail detail, struct str *text)
{
	const struct lock *lock = root->last->lock, *held = wait_graph_busiest(graph, root->task);
	size_t own = lock->waiter_count;
	size_t others = root->victims > own ? root->victims - own : 0;

	if (own > 1) {
		str_printf(text, "%zu tasks wait for ", root->victims);
		put_lock(lock, text);
		str_puts(text, "; first in line ");
	}
	task_label(root->task, text);
	if (own == 1 && others) {
		str_printf(text, " holds up %zu task%s", others, others == 1 ? "" : "s");
		held = detail < BARE || (held && is_object(held)) ? held : NULL;
		str_puts(text, held ? " through " : "");
		if (held)
			put_subject(held, text);
	}
	str_puts(text, own > 1 ? ", " : ": ");
	if (own == 1 && detail > FULL && !strncmp(lock->place.name, "the end of program ", 19)) {
		str_puts(text, "waits for ");
		put_lock(lock, text);
		return;
	}
	put_doing(kernel, root->task, detail, text);
	if (own == 1 && lock->address && detail < LEAST) {
		str_puts(text, " ");
		put_lock(lock, text);
	} else if (own == 1 && lock->device[0] && detail < LEAST) {
		str_printf(text, " on %s", lock->device);
	}
}

static void put_root(struct kernel *kernel, const struct wait_graph *graph,
		     const struct wait_root *root, enum detail detail, struct str *text)
{
	enum lock_mode mode = root->last->holder->mode;

	if (!root->holder_known && root->last->lock->kind == LOCK_BIT &&
	    root->last->lock->waiter_count == 1 && root->last->lock->address) {
		put_bit_root(kernel, root, text);
		return;
	}
	if (!root->holder_known) {
		put_open_root(kernel, graph, root, detail, text);
		return;
	}
	put_subject(root->last->lock, text);
	if (task_has_ended(root->task)) {
		str_puts(text, " is held by ");
		if (root->task->pid) {
			task_label(root->task, text);
			str_puts(text, ", which has ended");
		} else {
			str_puts(text, "a task that has ended");
		}
		put_victims(root, text);
		return;
	}
	if (root->last->holder->left) {
		str_puts(text, ": ");
		task_label(root->task, text);
		str_puts(text, " returned to user space with it");
		put_victims(root, text);
		return;
	}
	str_puts(text, mode == MODE_READ    ? ": reader "
		       : mode == MODE_WRITE ? ": writer "
					    : ": holder ");
	task_label(root->task, text);
	str_puts(text, " ");
	put_doing(kernel, root->task, detail, text);
	if (detail == FULL)
		put_victims(root, text);
	else if (detail == LESS)
		str_printf(text, "; %zu wait", root->victims);
}

void waits_brief(struct kernel *kernel, const struct wait_graph *graph, struct str *text)
{
	const struct wait_root *root = graph->roots;

	if (!graph->cycle_count && (!graph->root_count || io_waits_root(root) ||
				    (!root->holder_known && root->last->lock->because.length &&
				     !root->last->holder->task)))
		return;
	for (enum detail detail = FULL; detail <= BARE; detail++) {
		_str_ struct str line = {0};

		if (graph->cycle_count)
			put_cycles(kernel, graph, detail, &line);
		else
			put_root(kernel, graph, root, detail, &line);
		if (line.failed || (line.length > LINE && detail < BARE))
			continue;
		str_append(text, line.data, line.length);
		return;
	}
}
