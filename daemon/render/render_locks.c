/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/render/render_locks.h"

#include <string.h>

#define WAITERS_SHOWN 40 /* of one lock; a queue of thousands says no more than its beginning */

static const json_t *get(const json_t *object, const char *key)
{
	return json_object_get(object, key);
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(get(object, key));
}

static void put(struct str *out, const char *before, const char *text)
{
	if (!text || !*text)
		return;
	str_puts(out, before);
	str_escape(out, text, strlen(text));
}

/* "java/30413" */
static void put_task(struct str *out, const json_t *task)
{
	if (!json_is_integer(get(task, "pid"))) {
		str_puts(out, "unknown");
		return;
	}
	put(out, "", text_of(task, "comm"));
	str_printf(out, "/%lld", json_integer_value(get(task, "pid")));
}

static const json_t *node_of(const json_t *waits, long long pid)
{
	const json_t *node;
	size_t i;

	json_array_foreach(get(waits, "nodes"), i,
			   node) if (json_integer_value(get(get(node, "task"), "pid")) ==
				     pid) return node;
	return NULL;
}

/* A task that is only known by its pid, named as far as the graph's nodes can. */
static void put_pid(struct str *out, const json_t *waits, long long pid)
{
	const json_t *node = node_of(waits, pid);

	if (node)
		put_task(out, get(node, "task"));
	else
		str_printf(out, "pid %lld", pid);
}

static void put_confidence(struct str *out, const json_t *entry)
{
	double confidence = json_number_value(get(entry, "confidence"));

	put(out, "  ", text_of(entry, "evidence"));
	if (confidence > 0 && confidence < 1)
		str_printf(out, " %.0f %%", 100 * confidence);
}

/* Nobody holds a completion: somebody owes it, or runs the work that ends in it. */
static bool is_owed(const json_t *lock)
{
	const char *kind = text_of(lock, "kind");

	return kind && !strcmp(kind, "completion");
}

static bool is_run(const json_t *lock)
{
	const char *type = text_of(get(lock, "container"), "type");

	return type && !strcmp(type, "wq_barrier");
}

/* A wait that is no lock, so that nobody can hold it: I/O and other things waited for by name. */
static bool is_named(const json_t *lock)
{
	return !text_of(lock, "address") && text_of(lock, "name");
}

static void put_holder(struct str *out, const json_t *lock, const json_t *holder)
{
	bool owed = is_owed(lock);

	if (is_named(lock) && !json_is_integer(get(get(holder, "task"), "pid"))) {
		put(out, "    ", text_of(holder, "why"));
		str_puts(out, "\n");
		return;
	}
	str_puts(out, is_named(lock) ? "    done by  "
		      : is_run(lock) ? "    run by   "
		      : owed	     ? "    owed by  "
				     : "    held by  ");
	put_task(out, get(holder, "task"));
	put(out, "  ", owed ? NULL : text_of(holder, "mode"));
	put_confidence(out, holder);
	put(out, "\n             ", text_of(holder, "why"));
	str_puts(out, "\n");
}

static void put_waiter(struct str *out, const json_t *waits, const json_t *waiter, bool owed)
{
	const json_t *position = get(waiter, "position"), *task = get(waiter, "task");
	bool spins = json_is_integer(get(waiter, "cpu")); /* counted behind the holder, from 1 */
	const json_t *node = node_of(waits, json_integer_value(get(task, "pid")));
	const json_t *blocked = get(node, "blocked_s");

	if (json_is_integer(position))
		str_printf(out, "    %5lld.   ", json_integer_value(position) + !spins);
	else
		str_puts(out, "        -   ");
	put_task(out, task);
	put(out, "  ", owed ? NULL : text_of(waiter, "mode"));
	if (spins)
		str_printf(out, "  spins on CPU %lld", json_integer_value(get(waiter, "cpu")));
	put(out, "  ticket ", text_of(waiter, "ticket"));
	if (json_is_number(blocked))
		str_printf(out, "  for %.1f s", json_number_value(blocked));
	str_puts(out, "\n");
}

static void put_waiters(struct str *out, const json_t *lock, const json_t *waits)
{
	const json_t *waiters = get(lock, "waiters"), *waiter;
	long long total = json_integer_value(get(lock, "waiter_count"));
	size_t i;

	json_array_foreach(waiters, i, waiter)
	{
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
	const char *name = text_of(lock, "name"), *address = text_of(lock, "address");
	const char *kind = text_of(lock, "kind");
	const json_t *holder;
	size_t i;

	/* Some names say the kind: "work item …", "mutex in kmalloc-512 object …". */
	if (name && kind && (is_named(lock) || is_run(lock) || !strncmp(name, kind, strlen(kind))))
		kind = NULL;
	put(out, "", kind);
	put(out, kind ? " " : "", name);
	if (address && (!name || strcmp(name, address) != 0))
		put(out, "  ", address);
	put(out, "  = ", text_of(lock, "raw"));
	str_puts(out, "\n");
	put(out, "    ", text_of(lock, "state"));
	str_puts(out, text_of(lock, "state") ? "\n" : "");
	json_array_foreach(get(lock, "holders"), i, holder) put_holder(out, lock, holder);
	put_waiters(out, lock, waits);
	put(out, "    note: ", text_of(lock, "note"));
	str_puts(out, text_of(lock, "note") ? "\n\n" : "\n");
}

static const json_t *edge_of(const json_t *waits, long long from, long long to)
{
	const json_t *edge;
	size_t i;

	json_array_foreach(get(waits, "edges"), i,
			   edge) if (json_integer_value(get(edge, "from")) == from &&
				     json_is_integer(get(edge, "to")) &&
				     json_integer_value(get(edge, "to")) == to) return edge;
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

		str_puts(out, "    ");
		put_pid(out, waits, from);
		put(out, " waits for ", text_of(edge, "lock") ? text_of(edge, "lock") : "a lock");
		put(out, ", ", text_of(edge, "relation") ? text_of(edge, "relation") : "held by");
		str_puts(out, " ");
		put_pid(out, waits, to);
		put(out, "  ", text_of(edge, "evidence"));
		str_puts(out, "\n");
	}
	str_puts(out, "\n");
}

static void put_root(struct str *out, const json_t *root)
{
	bool known = json_is_true(get(root, "holder_known"));

	str_printf(out, "%lld waiting task%s end%s at ", json_integer_value(get(root, "victims")),
		   json_integer_value(get(root, "victims")) == 1 ? "" : "s",
		   json_integer_value(get(root, "victims")) == 1 ? "s" : "");
	if (!known) {
		put(out, "", text_of(root, "lock"));
		str_puts(out, json_is_true(get(root, "io"))
				      ? "; first in line: "
				      : ", whose holder is not known; first in line: ");
	}
	put_task(out, get(root, "task"));
	put(out, ", ", text_of(root, "doing"));
	if (known)
		put(out, "; it holds ", text_of(root, "lock"));
	put(out, "; ", text_of(root, "missing"));
	str_puts(out, "\n");
}

void render_locks(const json_t *report, struct str *out)
{
	const json_t *waits = get(report, "waits"), *item;
	size_t i;

	json_array_foreach(get(waits, "cycles"), i, item)
		put_cycle(out, waits, item, json_array_get(get(waits, "cycle_confidence"), i));
	json_array_foreach(get(report, "locks"), i, item) put_lock(out, item, waits);
	json_array_foreach(get(waits, "roots"), i, item) put_root(out, item);
	if (json_is_number(get(get(waits, "longest"), "blocked_s"))) {
		str_puts(out, "longest wait: ");
		put_task(out, get(get(waits, "longest"), "task"));
		str_printf(out, ", %.1f s for ",
			   json_number_value(get(get(waits, "longest"), "blocked_s")));
		put(out, "", text_of(get(waits, "longest"), "lock"));
		str_puts(out, "\n");
	}
}

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

	json_array_foreach(get(waits, "cycles"), i, cycle) json_array_foreach(
		cycle, j, member) if (json_integer_value(member) == pid) return true;
	return false;
}

static void put_dot_edge(struct str *out, const json_t *edge, size_t number)
{
	const char *evidence = text_of(edge, "evidence"), *lock = text_of(edge, "lock");
	long long from = json_integer_value(get(edge, "from"));

	if (json_is_integer(get(edge, "to"))) {
		str_printf(out, "\tt%lld -> t%lld", from, json_integer_value(get(edge, "to")));
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
	const json_t *waits = get(report, "waits"), *item;
	size_t i;

	str_puts(out, "digraph waits {\n\tnode [shape=box];\n");
	json_array_foreach(get(waits, "nodes"), i, item)
	{
		_str_ struct str label = {0};
		long long pid = json_integer_value(get(get(item, "task"), "pid"));

		put_task(&label, get(item, "task"));
		str_printf(out, "\tt%lld [label=\"", pid);
		put_quoted(out, label.data);
		str_printf(out, "\"%s];\n", in_a_cycle(waits, pid) ? ", color=red" : "");
	}
	json_array_foreach(get(waits, "edges"), i, item) put_dot_edge(out, item, i);
	str_puts(out, "}\n");
}
