/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of a verdict whose every string is hostile, and of documents that lack things. */
#include "unit.h"

#include <string.h>

#include "daemon/html/html.h"

#define HOSTILE "</pre></td><script>x()</script>\\\" onload=\\\"x()' javascript:x()"

static char *html_of(const char *document, const struct render_record *record)
{
	_json_ json_t *report = json_loads(document, 0, NULL);
	struct str out = {0};

	ck_assert_msg(report, "%s", document);
	html_render(report, record, NULL, &out);
	return str_take(&out);
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		count++;
	return count;
}

static const char hostile[] =
	"{\"verdict\":{\"headline\":\"" HOSTILE "\",\"cause\":\"" HOSTILE "\",\"rule\":\"" HOSTILE
	"\",\"confidence\":0.5,\"because\":[1],\"reasons\":[\"" HOSTILE
	"a\"],\"next_steps\":[\"" HOSTILE "\"],\"see\":[\"" HOSTILE "\"],\"ruled_out\":[\"" HOSTILE
	"\"],\"known_issue\":{\"title\":\"" HOSTILE
	"\",\"reference\":\"javascript:x()\"},\"signature\":{\"exact\":\"" HOSTILE "\"}},"
	"\"crash\":{\"kind\":\"" HOSTILE "\",\"message\":\"" HOSTILE
	"\",\"task\":{\"pid\":7,\"comm\":\"" HOSTILE "\"},\"rip\":{\"symbol\":\"" HOSTILE
	"\",\"module\":\"" HOSTILE "\"},\"registers\":{\"" HOSTILE
	"\":\"0x0000000000000001\",\"rip\":\"0x0000000000000001\",\"rdi\":\"0x0000000000000009\"},"
	"\"instruction\":{\"text\":\"" HOSTILE
	"\",\"operands\":[{\"register\":\"rdi\",\"value\":\"0x9\"}],"
	"\"around\":[{\"place\":\"" HOSTILE "\",\"bytes\":\"" HOSTILE "\",\"text\":\"" HOSTILE
	"\",\"faulting\":true}]},\"backtrace\":[{\"symbol\":\"" HOSTILE "\",\"module\":\"" HOSTILE
	"\"}]},"
	"\"waits\":{\"brief\":\"" HOSTILE "\",\"nodes\":[{\"task\":{\"pid\":1,\"comm\":\"" HOSTILE
	"\"}},{\"task\":{\"pid\":2,\"comm\":\"\\\\N\"}}],"
	"\"edges\":[{\"from\":1,\"to\":2,\"lock\":\"" HOSTILE "\",\"evidence\":\"" HOSTILE
	"\"},{\"from\":2,\"to\":1,\"lock\":\"l\"}],\"cycles\":[[1,2]]},\"locks\":[{\"kind\":"
	"\"mutex\","
	"\"name\":\"" HOSTILE "\"}],"
	"\"memory\":{\"pointers\":[{\"where\":\"rdi\",\"value\":\"0x0000000000000009\",\"owner\":{"
	"\"text\":\"" HOSTILE
	"\"}}],\"holder\":{\"address\":\"0x0000000000000010\",\"owner\":{\"text\":\"" HOSTILE
	"\"}},"
	"\"contents\":{\"object\":\"0x0000000000000010\",\"size\":64,\"bad_at\":"
	"\"0x0000000000000018\","
	"\"words\":[{\"address\":\"0x0000000000000018\",\"value\":\"0x0000000000000001\",\"bad\":"
	"true,"
	"\"member\":\"" HOSTILE "\"}]}},"
	"\"log\":{\"first_cause\":{\"text\":\"" HOSTILE "\",\"reason\":\"" HOSTILE
	"\"},\"events\":[{\"time_s\":1,"
	"\"severity\":\"" HOSTILE "\",\"text\":\"" HOSTILE "\",\"before_s\":2}]},"
	"\"findings\":[{\"id\":1,\"code\":\"" HOSTILE "\",\"severity\":\"" HOSTILE
	"\",\"headline\":\"" HOSTILE "\",\"confidence\":1}],\"system\":{\"release\":\"" HOSTILE
	"\",\"hostname\":\"" HOSTILE "\"},\"dump\":{\"path\":\"" HOSTILE "\",\"note\":\"" HOSTILE
	"\"},\"degraded\":[{\"step\":\"" HOSTILE "\",\"why\":\"" HOSTILE
	"\"}],\"tool\":{\"version\":\"" HOSTILE "\"},\"analyzed_at\":\"" HOSTILE "\"}";

START_TEST(no_string_is_markup)
{
	const struct render_record record = {1, "<script>", "\"onload=", "<b>"};
	_free_ char *html = html_of(hostile, &record);

	ck_assert_ptr_null(strstr(html, "<script"));
	ck_assert_ptr_null(strstr(html, "\" onload"));
	ck_assert_ptr_null(strstr(html, "<b>\n"));
	ck_assert_ptr_null(strstr(html, "href=\"j"));
	/* They are there, and in more than a few places. */
	ck_assert_uint_gt(count_of(html, "&lt;script&gt;x()"), 25);
	ck_assert_uint_eq(count_of(html, "<pre"), count_of(html, "</pre>"));
	ck_assert_uint_eq(count_of(html, "<td"), count_of(html, "</td>"));
	ck_assert_uint_eq(count_of(html, "<section"), count_of(html, "</section>"));
	ck_assert_ptr_nonnull(strstr(html, "used by the instruction"));
	ck_assert_ptr_nonnull(strstr(html, "the verdict rests on it"));
	ck_assert_ptr_nonnull(strstr(html, "class=\"bad\""));
}
END_TEST

START_TEST(only_links_within_the_file)
{
	_free_ char *html = html_of(hostile, NULL);

	ck_assert_uint_eq(count_of(html, "href="), count_of(html, "href=\"#s"));
	ck_assert_uint_eq(count_of(html, "src="), 0);
	ck_assert_ptr_nonnull(strstr(html, "default-src 'none'; style-src 'unsafe-inline'"));
}
END_TEST

START_TEST(what_is_not_known_has_no_heading)
{
	static const char *const documents[] = {
		"{}", "{\"verdict\":null,\"crash\":7,\"waits\":[],\"log\":{\"events\":[]}}",
		"{\"findings\":[{\"id\":1}],\"memory\":{\"contents\":{\"size\":-5}}}"};

	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		_free_ char *html = html_of(documents[i], NULL);

		ck_assert_uint_eq(count_of(html, "<h1>no verdict</h1>"), 1);
		for (size_t j = 0; j < 5; j++) {
			static const char *const names[] = {"Registers", "Locks", "Memory", "Log",
							    "Because"};
			_str_ struct str heading = {0};

			str_printf(&heading, ">%s</h2>", names[j]);
			ck_assert_msg(!strstr(html, heading.data), "%s: %s", documents[i],
				      names[j]);
		}
	}
}
END_TEST

/* Words outside of the object, and an object as big as memory. */
START_TEST(odd_objects_are_drawn_within_the_picture)
{
	_free_ char *html =
		html_of("{\"memory\":{\"provenance\":[{\"text\":\"t\"}],\"contents\":{\"object\":"
			"\"0x0000000000000010\",\"size\":9223372036854775807,\"bad_at\":"
			"\"0xffffffffffffffff\",\"words\":[{\"address\":\"0x0000000000000000\","
			"\"bad\":true},"
			"{\"address\":\"0x7ffffffffffffff8\",\"bad\":true}]}}}",
			NULL);

	ck_assert_uint_eq(count_of(html, "<rect class=\"bad\""), 1);
	ck_assert_ptr_nonnull(strstr(html, "x=\"996.0\" y=\"20\" width=\"4.0\""));
}
END_TEST

UNIT_MAIN("html", no_string_is_markup, only_links_within_the_file, what_is_not_known_has_no_heading,
	  odd_objects_are_drawn_within_the_picture)
