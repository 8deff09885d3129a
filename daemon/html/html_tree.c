/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wait-for graph where nothing can draw it. */
#include "daemon/html/html_tree.h"

#include "daemon/html/html_escape.h"
#include "daemon/render/render_json.h"

#define TOLD_MAX 200
#define EDGES_READ 1000 /* more are not looked at */
#define DEPTH_MAX 12

struct tree {
	struct str *out;
	const json_t *waits;
	json_int_t told[TOLD_MAX];
	size_t count;
};

/* False where it was told before, or there is no room for more. */
static bool tell(struct tree *tree, json_int_t pid)
{
	for (size_t i = 0; i < tree->count; i++)
		if (tree->told[i] == pid)
			return false;
	if (tree->count == TOLD_MAX)
		return false;
	tree->told[tree->count++] = pid;
	return true;
}

static void put_task(const struct tree *tree, json_int_t pid)
{
	_str_ struct str name = {0};
	const json_t *node;
	size_t i;

	json_array_foreach (json_at(tree->waits, "nodes"), i, node) {
		if (!name.length && json_integer_at(node, "task.pid") == pid)
			render_task(&name, json_at(node, "task"));
	}
	if (!name.length)
		str_printf(&name, "pid %lld", (long long)pid);
	html_escape(tree->out, name.data);
}

static bool leads_to(const json_t *edge, json_int_t pid)
{
	return json_is_integer(json_at(edge, "to")) && json_integer_at(edge, "to") == pid;
}

static void put_waiters(struct tree *tree, json_int_t pid, unsigned depth);

/* "b/2 waits for x, held by it", and who waits for that one. */
static void put_waiter(struct tree *tree, const json_t *edge, unsigned depth)
{
	json_int_t from = json_integer_at(edge, "from");

	str_puts(tree->out, "<li>");
	put_task(tree, from);
	str_puts(tree->out, " waits for ");
	html_escape_raw(tree->out, json_string_at(edge, "lock"));
	str_puts(tree->out, " (");
	html_escape_raw(tree->out, json_string_at(edge, "evidence"));
	str_puts(tree->out, ")");
	if (tell(tree, from))
		put_waiters(tree, from, depth + 1);
	str_puts(tree->out, "</li>\n");
}

static void put_waiters(struct tree *tree, json_int_t pid, unsigned depth)
{
	const json_t *edge;
	size_t i, shown = 0;

	if (depth == DEPTH_MAX)
		return;
	json_array_foreach (json_at(tree->waits, "edges"), i, edge) {
		if (i == EDGES_READ)
			break;
		if (!leads_to(edge, pid))
			continue;
		if (!shown++)
			str_puts(tree->out, "\n<ul>\n");
		put_waiter(tree, edge, depth);
	}
	if (shown)
		str_puts(tree->out, "</ul>\n");
}

static void put_root(struct tree *tree, json_int_t pid)
{
	if (!tell(tree, pid))
		return;
	str_puts(tree->out, "<li>");
	put_task(tree, pid);
	put_waiters(tree, pid, 0);
	str_puts(tree->out, "</li>\n");
}

static bool waits_for_somebody(const json_t *waits, json_int_t pid)
{
	const json_t *edge;
	size_t i;

	json_array_foreach (json_at(waits, "edges"), i, edge) {
		if (i == EDGES_READ)
			break;
		if (json_integer_at(edge, "from") == pid && json_is_integer(json_at(edge, "to")))
			return true;
	}
	return false;
}

void html_tree(struct str *out, const json_t *waits)
{
	struct tree tree = {.out = out, .waits = waits};
	const json_t *item;
	size_t i;

	str_puts(out, "<ul class=\"tree\">\n");
	json_array_foreach (json_at(waits, "cycles"), i, item) {
		put_root(&tree, json_integer_value(json_array_get(item, 0)));
	}
	json_array_foreach (json_at(waits, "edges"), i, item) {
		if (i == EDGES_READ)
			break;
		if (json_is_integer(json_at(item, "to")) &&
		    !waits_for_somebody(waits, json_integer_at(item, "to")))
			put_root(&tree, json_integer_at(item, "to"));
		else if (!json_is_integer(json_at(item, "to")))
			put_waiter(&tree, item, 0);
	}
	str_puts(out, "</ul>\n");
}
