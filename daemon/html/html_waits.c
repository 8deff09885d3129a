/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits for whom: a picture where Graphviz is there and it fits, else lists; then lock by lock. */
#include "daemon/html/html_parts.h"

#include "daemon/html/html_dot.h"
#include "daemon/html/html_graph.h"
#include "daemon/html/html_tree.h"
#include "daemon/render/render_locks.h"

#define DRAWN_MAX 60 /* edges: a picture of more tells nobody anything */

static bool put_picture(struct str *out, const json_t *report)
{
	const char *brief = json_string_at(report, "waits.brief");
	_json_ json_t *layout = NULL;
	_str_ struct str graph = {0};

	if (json_array_size(json_at(report, "waits.edges")) > DRAWN_MAX)
		return false;
	render_dot(report, &graph);
	layout = graph.data ? html_dot_layout(graph.data) : NULL;
	return layout && html_graph(out, layout, brief ? brief : "who waits for whom");
}

static void put_graph(struct str *out, const json_t *report)
{
	_str_ struct str picture = {0};

	if (!json_array_size(json_at(report, "waits.edges")))
		return;
	if (!put_picture(&picture, report)) {
		html_tree(out, json_at(report, "waits"));
		return;
	}
	str_puts(out, "<figure class=\"wide\" tabindex=\"0\">\n");
	str_append(out, picture.data, picture.length);
	str_puts(out,
		 "<figcaption>An arrow leads from a task to the one it waits for, with the lock on "
		 "it; dashed: inferred, red: part of a deadlock.</figcaption>\n</figure>\n");
}

void html_waits(struct html_page *html, const json_t *report, const char *about)
{
	_str_ struct str text = {0};

	render_locks(report, &text);
	if (!text.length)
		return;
	html_section(html, "Locks", about);
	put_graph(html->page.out, report);
	html_lines(html, "Locks", text.data);
}
