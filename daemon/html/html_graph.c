/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draws a graph that Graphviz has laid out. */
#include "daemon/html/html_graph.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/html/html_escape.h"

#define POINTS_MAX 256	    /* of an edge */
#define SIZE_MAX_PT 20000.0 /* of the picture: more is no layout */
#define POINTS_AN_INCH 72

struct point {
	double x, y;
};

/* "12.5,7" with y from the top; moves *at behind it. */
static bool read_point(const char **at, double height, struct point *ret)
{
	char *end;

	ret->x = strtod(*at, &end);
	if (end == *at || *end != ',')
		return false;
	*at = end + 1;
	ret->y = height - strtod(*at, &end);
	if (end == *at || !(fabs(ret->x) < SIZE_MAX_PT) || !(fabs(ret->y) < SIZE_MAX_PT))
		return false;
	*at = end;
	return true;
}

static bool point_at(const json_t *object, const char *key, double height, struct point *ret)
{
	const char *text = json_string_at(object, key);

	return text && read_point(&text, height, ret);
}

/* Graphviz keeps a label's backslashes as they were quoted. */
static void put_label(struct str *out, const char *text)
{
	_str_ struct str plain = {0};

	for (const char *at = text ? text : ""; *at; at++) {
		at += *at == '\\' && at[1];
		str_append(&plain, at, 1);
	}
	html_escape_raw(out, plain.data);
}

static bool is_word(const json_t *object, const char *key, const char *word)
{
	const char *text = json_string_at(object, key);

	return text && !strcmp(text, word);
}

static void put_text(struct str *out, const char *class, struct point at, const char *text)
{
	str_printf(out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", class,
		   at.x, at.y + 4);
	put_label(out, text);
	str_puts(out, "</text>\n");
}

static double inches_at(const json_t *object, const char *key)
{
	const char *text = json_string_at(object, key);
	double value = text ? strtod(text, NULL) * POINTS_AN_INCH : 0;

	return value > 0 && value < SIZE_MAX_PT ? value : 0;
}

static void put_node(struct str *out, const json_t *node, double height)
{
	double wide = inches_at(node, "width"), high = inches_at(node, "height");
	struct point at;

	if (!point_at(node, "pos", height, &at))
		return;
	if (!is_word(node, "shape", "plaintext"))
		str_printf(out,
			   "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
			   "height=\"%.1f\" rx=\"4\"/>\n",
			   json_string_at(node, "color") ? "node loop" : "node", at.x - wide / 2,
			   at.y - high / 2, wide, high);
	put_text(out, "task", at, json_string_at(node, "label"));
}

/* "e,x,y" is where the arrow's tip is, then the points of a Bézier curve. */
static void put_edge(struct str *out, const json_t *edge, double height)
{
	const char *at = json_string_at(edge, "pos");
	struct point tip, point;
	size_t count = 0;

	if (!at || strncmp(at, "e,", 2))
		return;
	at += 2;
	if (!read_point(&at, height, &tip))
		return;
	str_printf(out, "<path class=\"%s\" marker-end=\"url(#tip)\" d=\"",
		   is_word(edge, "style", "solid") ? "edge" : "edge inferred");
	while (count < POINTS_MAX && *at == ' ' && (at++, read_point(&at, height, &point)))
		str_printf(out, "%s%.1f %.1f ",
			   !count	? "M"
			   : count == 1 ? "C"
					: "",
			   point.x, point.y),
			count++;
	str_printf(out, "%s%.1f %.1f\"/>\n", count ? "L" : "M", tip.x, tip.y);
	if (point_at(edge, "lp", height, &point))
		put_text(out, "lock", point, json_string_at(edge, "label"));
}

static bool read_size(const json_t *layout, struct point *size)
{
	const char *text = json_string_at(layout, "bb"), *comma = text;

	/* "0,0,878.5,210" */
	for (int i = 0; i < 2 && comma; i++) {
		comma = strchr(comma, ',');
		comma = comma ? comma + 1 : NULL;
	}
	if (!comma || !read_point(&comma, 0, size))
		return false;
	size->y = -size->y;
	return size->x > 0 && size->y > 0;
}

bool html_graph(struct str *out, const json_t *layout, const char *label)
{
	const json_t *item;
	struct point size;
	size_t i;

	if (!read_size(layout, &size) || !json_array_size(json_at(layout, "objects")))
		return false;
	str_printf(out,
		   "<svg class=\"graph\" role=\"img\" width=\"%.0f\" height=\"%.0f\" "
		   "viewBox=\"-4 -4 %.0f %.0f\" aria-label=\"",
		   size.x + 8, size.y + 8, size.x + 8, size.y + 8);
	html_escape_raw(out, label);
	str_puts(out, "\">\n<defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" "
		      "markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">"
		      "<path class=\"tip\" d=\"M0 0L10 5L0 10z\"/></marker></defs>\n");
	json_array_foreach (json_at(layout, "edges"), i, item) {
		put_edge(out, item, size.y);
	}
	json_array_foreach (json_at(layout, "objects"), i, item) {
		put_node(out, item, size.y);
	}
	str_puts(out, "</svg>\n");
	return true;
}
