/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits for whom, lock by lock, and the same as a graph. */
#include "daemon/render/render_locks.h"

#include <string.h>

#include "daemon/render/render_json.h"
#include "daemon/render/section.h"

#define WAITERS_SHOWN 40 /* of one lock: the rest of a long queue says nothing new */

/* "java/30413" */
static void put_task(struct str *out, const json_t *task)
{
	if (json_is_integer(json_at(task, "pid")))
		render_task(out, task);
	else
		str_puts(out, "unknown");
}

static const json_t *node_of(const json_t *waits, long long pid)
{
	const json_t *node;
	size_t i;

	json_array_foreach (json_at(waits, "nodes"), i, node) {
		if (json_integer_at(node, "task.pid") == pid)
			return node;
	}
	return NULL;
}

/* A task that is only known by its pid, named as far as the graph's nodes can. */
static void put_pid(struct str *out, const json_t *waits, long long pid)
{
	const json_t *node = node_of(waits, pid);

	if (node)
		put_task(out, json_at(node, "task"));
	else
		str_printf(out, "pid %lld", pid);
}

static void put_confidence(struct str *out, const json_t *entry)
{
	double confidence = json_number_value(json_at(entry, "confidence"));

	render_put(out, "  ", json_string_at(entry, "evidence"));
	if (confidence > 0 && confidence < 1)
		str_printf(out, " %.0f %%", 100 * confidence);
}

/* Nobody holds a completion: somebody owes it, or runs the work that ends in it. */
static bool is_owed(const json_t *lock)
{
	const char *kind = json_string_at(lock, "kind");

	return kind && !strcmp(kind, "completion");
}

static bool is_run(const json_t *lock)
{
	const char *type = json_string_at(lock, "container.type");

	return type && !strcmp(type, "wq_barrier");
}

/* A wait that is no lock, so that nobody can hold it: I/O and other things waited for by name. */
static bool is_named(const json_t *lock)
{
	const char *kind = json_string_at(lock, "kind");
	/* Locks that the log tells of need not have an address. */
	bool is_lock = kind && (!strcmp(kind, "mutex") || strstr(kind, "rwsem") ||
				!strcmp(kind, "rt_mutex") || !strcmp(kind, "semaphore"));

	return !is_lock && !json_string_at(lock, "address") && json_string_at(lock, "name");
}

static void put_holder(struct str *out, const json_t *lock, const json_t *holder)
{
	bool owed = is_owed(lock);

	if (is_named(lock) && !json_is_integer(json_at(holder, "task.pid"))) {
		render_put(out, "    ", json_string_at(holder, "why"));
		str_puts(out, "\n");
		return;
	}
	str_puts(out, is_named(lock) ? "    done by  "
		      : is_run(lock) ? "    run by   "
		      : owed	     ? "    owed by  "
				     : "    held by  ");
	put_task(out, json_at(holder, "task"));
	render_put(out, "  ", owed ? NULL : json_string_at(holder, "mode"));
	put_confidence(out, holder);
	render_put(out, "\n             ", json_string_at(holder, "why"));
	str_puts(out, "\n");
}

static void put_waiter(struct str *out, const json_t *waits, const json_t *waiter, bool owed)
{
	const json_t *position = json_at(waiter, "position"), *task = json_at(waiter, "task");
	/* Spinners are counted behind the holder, from 1. */
	bool spins = json_is_integer(json_at(waiter, "cpu"));
	const json_t *node = node_of(waits, json_integer_at(task, "pid"));
	const json_t *blocked = json_at(node, "blocked_s");

	if (json_is_integer(position))
		str_printf(out, "    %5lld.   ", json_integer_value(position) + !spins);
	else
		str_puts(out, "        -   ");
	put_task(out, task);
	render_put(out, "  ", owed ? NULL : json_string_at(waiter, "mode"));
	if (spins)
		str_printf(out, "  spins on CPU %lld", json_integer_at(waiter, "cpu"));
	render_put(out, "  ticket ", json_string_at(waiter, "ticket"));
	if (json_is_number(blocked))
		str_printf(out, "  for %.1f s", json_number_value(blocked));
	str_puts(out, "\n");
}

static void put_waiters(struct str *out, const json_t *lock, const json_t *waits)
{
	const json_t *waiters = json_at(lock, "waiters"), *waiter;
	long long total = json_integer_at(lock, "waiter_count");
	size_t i;

	json_array_foreach (waiters, i, waiter) {
		if (i == WAITERS_SHOWN)
			break;
		put_waiter(out, waits, waiter, is_owed(lock));
	}
	total = MAX(total, (long long)json_array_size(waiters));
	if (total > (long long)i)
		str_printf(out, "            and %lld more\n", total - (long long)i);
}

static void put_lock(struct str *out, const json_t *lock, const json_t *waits)
{
	const char *name = json_string_at(lock, "name"), *address = json_string_at(lock, "address");
	const char *kind = json_string_at(lock, "kind");
	const json_t *holder;
	size_t i;

	/* Some names say the kind: "work item …", "mutex in kmalloc-512 object …". */
	if (name && kind && (is_named(lock) || is_run(lock) || !strncmp(name, kind, strlen(kind))))
		kind = NULL;
	render_put(out, "", kind);
	render_put(out, kind ? " " : "", name);
	if (address && (!name || strcmp(name, address) != 0))
		render_put(out, "  ", address);
	render_put(out, "  = ", json_string_at(lock, "raw"));
	str_puts(out, "\n");
	render_put(out, "    ", json_string_at(lock, "state"));
	str_puts(out, json_string_at(lock, "state") ? "\n" : "");
	json_array_foreach (json_at(lock, "holders"), i, holder) {
		put_holder(out, lock, holder);
	}
	put_waiters(out, lock, waits);
	render_put(out, "    note: ", json_string_at(lock, "note"));
	str_puts(out, json_string_at(lock, "note") ? "\n\n" : "\n");
}

static const json_t *edge_of(const json_t *waits, long long from, long long to)
{
	const json_t *edge;
	size_t i;

	json_array_foreach (json_at(waits, "edges"), i, edge) {
		if (json_integer_at(edge, "from") == from && json_is_integer(json_at(edge, "to")) &&
		    json_integer_at(edge, "to") == to)
			return edge;
	}
	return NULL;
}

static void put_cycle(struct str *out, const json_t *waits, const json_t *cycle,
		      const json_t *confidence)
{
	size_t length = json_array_size(cycle);

	str_puts(out, "DEADLOCK");
	if (json_is_number(confidence) && json_number_value(confidence) < 1)
		str_printf(out, " (inferred, %.0f %%)", 100 * json_number_value(confidence));
	str_puts(out, "\n");
	for (size_t i = 0; i < length; i++) {
		long long from = json_integer_value(json_array_get(cycle, i));
		long long to = json_integer_value(json_array_get(cycle, (i + 1) % length));
		const json_t *edge = edge_of(waits, from, to);
		const char *lock = json_string_at(edge, "lock");
		const char *relation = json_string_at(edge, "relation");

		str_puts(out, "    ");
		put_pid(out, waits, from);
		render_put(out, " waits for ", lock ? lock : "a lock");
		render_put(out, ", ", relation ? relation : "held by");
		str_puts(out, " ");
		put_pid(out, waits, to);
		render_put(out, "  ", json_string_at(edge, "evidence"));
		str_puts(out, "\n");
	}
	str_puts(out, "\n");
}

static void put_root(struct str *out, const json_t *root)
{
	bool known = json_is_true(json_at(root, "holder_known"));
	long long victims = json_integer_at(root, "victims");

	str_printf(out, "%lld waiting task%s at ", victims, victims == 1 ? " ends" : "s end");
	if (!known) {
		render_put(out, "", json_string_at(root, "lock"));
		str_puts(out, json_is_true(json_at(root, "io"))
				      ? "; first in line: "
				      : ", whose holder is not known; first in line: ");
	}
	put_task(out, json_at(root, "task"));
	render_put(out, ", ", json_string_at(root, "doing"));
	if (known)
		render_put(out, "; it holds ", json_string_at(root, "lock"));
	render_put(out, "; ", json_string_at(root, "missing"));
	str_puts(out, "\n");
}

void render_locks(const json_t *report, struct str *out)
{
	const json_t *waits = json_at(report, "waits"), *item;
	size_t i;

	json_array_foreach (json_at(waits, "cycles"), i, item) {
		put_cycle(out, waits, item, json_array_get(json_at(waits, "cycle_confidence"), i));
	}
	json_array_foreach (json_at(report, "locks"), i, item) {
		put_lock(out, item, waits);
	}
	json_array_foreach (json_at(waits, "roots"), i, item) {
		put_root(out, item);
	}
	if (json_is_number(json_at(waits, "longest.blocked_s"))) {
		str_puts(out, "longest wait: ");
		put_task(out, json_at(waits, "longest.task"));
		str_printf(out, ", %.1f s for ",
			   json_number_value(json_at(waits, "longest.blocked_s")));
		render_put(out, "", json_string_at(waits, "longest.lock"));
		str_puts(out, "\n");
	}
}

const struct section locks_section = {.name = "locks",
				      .summary = "who waits for whom, lock by lock",
				      .nothing = "no lock that anyone waits for was found",
				      .render = render_locks};

/* --- Graphviz --------------------------------------------------------------------------------- */

/* Escaped for a quoted string of DOT, on top of what a terminal needs. */
static void put_quoted(struct str *out, const char *text)
{
	_str_ struct str safe = {0};

	str_escape(&safe, text, strlen(text));
	for (const char *at = safe.data ? safe.data : ""; *at; at++)
		str_printf(out, *at == '"' || *at == '\\' ? "\\%c" : "%c", *at);
}

static bool in_a_cycle(const json_t *waits, long long pid)
{
	const json_t *cycle, *member;
	size_t i, j;

	json_array_foreach (json_at(waits, "cycles"), i, cycle) {
		json_array_foreach (cycle, j, member) {
			if (json_integer_value(member) == pid)
				return true;
		}
	}
	return false;
}

static void put_dot_edge(struct str *out, const json_t *edge, size_t number)
{
	const char *evidence = json_string_at(edge, "evidence"),
		   *lock = json_string_at(edge, "lock");
	long long from = json_integer_at(edge, "from");

	if (json_is_integer(json_at(edge, "to"))) {
		str_printf(out, "\tt%lld -> t%lld", from, json_integer_at(edge, "to"));
	} else {
		str_printf(out, "\tu%zu [label=\"?\", shape=plaintext];\n", number);
		str_printf(out, "\tt%lld -> u%zu", from, number);
	}
	str_puts(out, " [label=\"");
	put_quoted(out, lock ? lock : "");
	str_printf(out, "\", style=%s];\n",
		   evidence && !strcmp(evidence, "proven") ? "solid" : "dashed");
}

void render_dot(const json_t *report, struct str *out)
{
	const json_t *waits = json_at(report, "waits"), *item;
	size_t i;

	str_puts(out, "digraph waits {\n\tnode [shape=box];\n");
	json_array_foreach (json_at(waits, "nodes"), i, item) {
		_str_ struct str label = {0};
		long long pid = json_integer_at(item, "task.pid");

		put_task(&label, json_at(item, "task"));
		str_printf(out, "\tt%lld [label=\"", pid);
		put_quoted(out, label.data);
		str_printf(out, "\"%s];\n", in_a_cycle(waits, pid) ? ", color=red" : "");
	}
	json_array_foreach (json_at(waits, "edges"), i, item) {
		put_dot_edge(out, item, i);
	}
	str_puts(out, "}\n");
}
