/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wait-for graph: drawn from a layout, laid out by dot, and as lists without it. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/html/html_dot.h"
#include "daemon/html/html_graph.h"
#include "daemon/html/html_tree.h"

static json_t *load(const char *text)
{
	json_t *json = json_loads(text, 0, NULL);

	ck_assert_msg(json, "%s", text);
	return json;
}

#define NODE(label)                                                                                \
	"{\"name\":\"t1\",\"pos\":\"52.5,20\",\"width\":\"1.4\",\"height\":\"0.5\",\"label\":"     \
	"\"" label "\"}"

START_TEST(labels_of_a_layout_are_text)
{
	_json_ json_t *layout =
		load("{\"bb\":\"0,0,100,40\",\"objects\":[" NODE("<script>\\\\\\\\\\\"") "]}");
	_str_ struct str out = {0};

	ck_assert(html_graph(&out, layout, "\"><script>"));
	ck_assert_ptr_null(strstr(out.data, "<script"));
	ck_assert_ptr_nonnull(strstr(out.data, ">&lt;script&gt;\\&quot;</text>"));
	ck_assert_ptr_nonnull(strstr(out.data, "aria-label=\"&quot;&gt;&lt;script&gt;\""));
}
END_TEST

/* Numbers that are none, or absurd, draw nothing of themselves. */
START_TEST(odd_layouts_are_refused_or_skipped)
{
	static const char *const refused[] = {
		"{}",
		"[]",
		"{\"bb\":\"0,0,x,4\",\"objects\":[" NODE("a") "]}",
		"{\"bb\":\"0,0\",\"objects\":[" NODE("a") "]}",
		"{\"bb\":\"0,0,1e300,4\",\"objects\":[" NODE("a") "]}",
		"{\"bb\":\"0,0,nan,nan\",\"objects\":[" NODE("a") "]}",
		"{\"bb\":\"0,0,10,4\",\"objects\":[]}",
	};
	_json_ json_t *odd =
		load("{\"bb\":\"0,0,10,4\",\"objects\":[{\"pos\":\"inf,1\"}],\"edges\":["
		     "{\"pos\":\"e,1\"},{\"pos\":\"\\\"><script>\"},{\"pos\":7}]}");
	_str_ struct str out = {0};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		_json_ json_t *layout = load(refused[i]);

		ck_assert_msg(!html_graph(&out, layout, "x") && !out.length, "%s", refused[i]);
	}
	ck_assert(html_graph(&out, odd, "x"));
	ck_assert_ptr_null(strstr(out.data, "<rect"));
	ck_assert_ptr_null(strstr(out.data, "marker-end"));
	ck_assert_ptr_null(strstr(out.data, "<script"));
}
END_TEST

START_TEST(an_endless_edge_is_cut)
{
	_str_ struct str pos = {0}, out = {0};
	_json_ json_t *layout =
		load("{\"bb\":\"0,0,10,4\",\"objects\":[" NODE("a") "],\"edges\":[]}");

	str_puts(&pos, "e,1,1");
	for (int i = 0; i < 100000; i++)
		str_puts(&pos, " 2,3");
	json_array_append_new(json_object_get(layout, "edges"),
			      json_pack("{s:s}", "pos", pos.data));
	ck_assert(html_graph(&out, layout, "x"));
	ck_assert_uint_lt(out.length, 10000);
}
END_TEST

START_TEST(dot_lays_out_or_nothing_comes)
{
	_json_ json_t *layout = html_dot_layout("digraph { a -> b [label=\"x\"]; }");
	_json_ json_t *broken = html_dot_layout("digraph {");
	_str_ struct str out = {0};

	ck_assert_ptr_null(broken);
	if (!layout)
		return; /* no Graphviz here */
	ck_assert(html_graph(&out, layout, "x"));
	ck_assert_ptr_nonnull(strstr(out.data, "class=\"edge"));
	setenv("PATH", "/nowhere", 1);
	ck_assert_ptr_null(html_dot_layout("digraph { a -> b; }"));
}
END_TEST

/* A program that never ends its answer, or floods: it is ended. */
START_TEST(a_dot_that_floods_is_ended)
{
	char directory[] = "/tmp/test_html_graph.XXXXXX", path[64];
	FILE *file;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/dot", directory);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputs("#!/bin/sh\nexec /usr/bin/yes '{'\n", file);
	fclose(file);
	chmod(path, 0755);
	setenv("PATH", directory, 1);
	ck_assert_ptr_null(html_dot_layout("digraph { a -> b; }"));
	unlink(path);
	rmdir(directory);
}
END_TEST

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		count++;
	return count;
}

START_TEST(lists_tell_a_cycle_once)
{
	_json_ json_t *waits =
		load("{\"nodes\":[{\"task\":{\"pid\":1,\"comm\":\"<b>\"}}],\"cycles\":[[1,2]],"
		     "\"edges\":["
		     "{\"from\":1,\"to\":2,\"lock\":\"<i>\",\"evidence\":\"proven\"},"
		     "{\"from\":2,\"to\":1,\"lock\":\"y\"},{\"from\":3,\"to\":1,\"lock\":\"y\"},"
		     "{\"from\":4,\"lock\":\"nobody's\"},{\"from\":5,\"to\":9,\"lock\":\"z\"}]}");
	_str_ struct str out = {0};

	html_tree(&out, waits);
	ck_assert_ptr_nonnull(strstr(out.data, "&lt;b&gt;/1 waits for &lt;i&gt; (proven)"));
	ck_assert_ptr_nonnull(strstr(out.data, "pid 3 waits for y"));
	ck_assert_ptr_nonnull(strstr(out.data, "pid 4 waits for nobody&#39;s"));
	ck_assert_ptr_nonnull(strstr(out.data, "<li>pid 9"));
	ck_assert_uint_eq(count_of(out.data, "<ul"), count_of(out.data, "</ul>"));
	ck_assert_uint_eq(count_of(out.data, "<li"), count_of(out.data, "</li>"));
}
END_TEST

/* 5,000 tasks that all wait for each other in one row, and as many for one. */
START_TEST(lists_are_bounded)
{
	_json_ json_t *waits = json_pack("{s:[]}", "edges");
	_str_ struct str out = {0};

	for (int i = 1; i < 5000; i++) {
		json_array_append_new(json_object_get(waits, "edges"),
				      json_pack("{s:i,s:i}", "from", i, "to", i + 1));
		json_array_append_new(json_object_get(waits, "edges"),
				      json_pack("{s:i,s:i}", "from", i + 10000, "to", 5000));
	}
	html_tree(&out, waits);
	ck_assert_uint_lt(out.length, 100000);
	ck_assert_uint_eq(count_of(out.data, "<ul"), count_of(out.data, "</ul>"));
}
END_TEST

UNIT_MAIN("html_graph", labels_of_a_layout_are_text, odd_layouts_are_refused_or_skipped,
	  an_endless_edge_is_cut, dot_lays_out_or_nothing_comes, a_dot_that_floods_is_ended,
	  lists_tell_a_cycle_once, lists_are_bounded)
