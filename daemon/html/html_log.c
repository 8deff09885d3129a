/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log as a timeline. */
#include "daemon/html/html_parts.h"

#include <string.h>

#include "daemon/html/html_escape.h"
#include "daemon/render/render_log.h"

/* A class for what the style sheet colours; no string of the document gets there. */
static const char *class_of(const json_t *event)
{
	static const char *const bad[] = {"error", "critical", "fatal"};
	const char *severity = json_string_at(event, "severity");

	for (size_t i = 0; severity && i < ARRAY_SIZE(bad); i++)
		if (!strcmp(severity, bad[i]))
			return "bad";
	return severity && strcmp(severity, "info") != 0 ? "warn" : "info";
}

static void put_event(void *context, const json_t *event, const char *text)
{
	struct str *out = context;
	_str_ struct str when = {0}, what = {0};
	size_t length = strlen(text), split = strnlen(text, RENDER_LOG_WHEN);

	str_append(&when, text, split);
	str_append(&what, text + split, length - split - (length > split));
	str_printf(out, "<li class=\"%s\"><span class=\"when\">", class_of(event));
	html_escape(out, when.data);
	str_puts(out, "</span><span>");
	html_escape(out, what.data);
	str_puts(out, "</span></li>\n");
}

void html_log(struct html_page *html, const json_t *report, const char *about)
{
	_str_ struct str cause = {0}, events = {0};

	render_first_cause(report, &cause);
	render_log_each(report, put_event, &events);
	if (!cause.length && !events.length)
		return;
	html_section(html, "Log", about);
	if (cause.length)
		html_lines(html, "What began it", cause.data);
	if (!events.length)
		return;
	str_puts(html->page.out, "<ol class=\"time\">\n");
	str_append(html->page.out, events.data, events.length);
	str_puts(html->page.out, "</ol>\n");
}
