/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel log as an incident: what happened, in order, how long before the crash, and how often. */
#include "daemon/render/render_log.h"

#include <stdio.h>
#include <string.h>

#include "daemon/render/render_json.h"
#include "daemon/render/section.h"

/* "-12.3 s", "-4 min", "+0.2 s": when, as seen from the crash. */
static void put_distance(struct str *out, const json_t *event)
{
	const json_t *before = json_at(event, "before_s");
	double seconds = -json_number_value(before), size = seconds < 0 ? -seconds : seconds;
	char text[32] = "";

	if (json_is_number(before) && size < 0.0005)
		snprintf(text, sizeof(text), "0");
	else if (json_is_number(before))
		snprintf(text, sizeof(text), "%+.*f %s", size < 10 ? (size < 1 ? 3 : 1) : 0,
			 size < 120	     ? seconds
			 : size < 7200	     ? seconds / 60
			 : size < 48 * 3600. ? seconds / 3600
					     : seconds / 86400,
			 size < 120	     ? "s"
			 : size < 7200	     ? "min"
			 : size < 48 * 3600. ? "h"
					     : "days");
	str_printf(out, "%10s  ", text);
}

/* Uptime, or the calendar where there is no other. */
static void put_when(struct str *out, const json_t *event)
{
	const json_t *time = json_at(event, "time_s");
	const char *wall = json_string_at(event, "wall_time");

	if (json_is_number(time))
		str_printf(out, "[%12.6f] ", json_number_value(time));
	else if (wall)
		render_put(out, "", wall);
	if (!json_is_number(time))
		str_puts(out, wall ? " " : "");
}

/* "×23 until 412.5": of what is folded, how often and until when. */
static void put_count(struct str *out, const json_t *event)
{
	const char *wall = json_string_at(event, "last_wall_time");

	if (json_integer_at(event, "count") < 2)
		return;
	str_printf(out, "  (%lld times", json_integer_at(event, "count"));
	if (json_is_number(json_at(event, "last_time_s")))
		str_printf(out, ", the last at %.6f",
			   json_number_value(json_at(event, "last_time_s")));
	else if (wall)
		render_put(out, ", the last at ", wall);
	str_puts(out, ")");
}

/* At most max bytes of a line of the log. */
static void put_part(struct str *out, const char *text, size_t max)
{
	size_t length = text ? strlen(text) : 0;

	str_escape(out, text ? text : "", length > max ? max - 1 : length);
	str_puts(out, length > max ? "…" : "");
}

/* Lines that say something of the log itself are no events of the machine. */
static const char *mark_of(const json_t *event)
{
	static const char *const marks[] = {"lost", "suppressed", "clock",
					    "boot", "reboot",	  "suspend"};
	const char *kind = json_string_at(event, "kind");

	for (size_t i = 0; kind && i < ARRAY_SIZE(marks); i++)
		if (!strcmp(kind, marks[i]))
			return marks[i];
	return NULL;
}

/* What stands behind the text: what further lines add, how often. */
static void put_rest(struct str *out, const json_t *event)
{
	if (json_string_at(event, "detail")) {
		render_put(out, " (", json_string_at(event, "detail"));
		str_puts(out, ")");
	}
	put_count(out, event);
}

#define LEAST_TEXT 40 /* bytes of a log line are shown, however narrow the terminal is */

/* A line of the timeline, of about width characters. */
static void put_event(struct str *out, const json_t *event, size_t width)
{
	const char *text = json_string_at(event, "text");
	_str_ struct str rest = {0};
	size_t start = out->length, used;

	put_distance(out, event);
	put_when(out, event);
	if (mark_of(event))
		str_printf(out, "-- %s: ", mark_of(event));
	put_rest(&rest, event);
	used = out->length - start + rest.length;
	put_part(out, text, MAX(width > used ? width - used : 0, (size_t)LEAST_TEXT));
	str_append(out, rest.data ? rest.data : "", rest.length);
	str_puts(out, "\n");
}

static void put_left_out(struct str *out, const json_t *report, size_t before)
{
	const json_t *left_out = json_at(report, "log.events_left_out");

	if (left_out && (size_t)json_integer_at(left_out, "before_event") == before)
		str_printf(out, "%10s  -- %lld events are left out here\n", "",
			   json_integer_at(left_out, "count"));
}

static void put_first_cause(struct str *out, const json_t *cause, size_t width)
{
	if (!json_string_at(cause, "text"))
		return;
	str_puts(out, "  first cause: ");
	put_part(out, json_string_at(cause, "text"), MAX(width, (size_t)LEAST_TEXT + 15) - 15);
	str_printf(out, "\n    %.0f %%: ", 100 * json_number_value(json_at(cause, "confidence")));
	render_put(out, "", json_string_at(cause, "reason"));
	str_puts(out, "\n");
}

/* --- the page --------------------------------------------------------------------------------- */

#define EVENTS_SHOWN 8 /* up to the crash */
#define FOLLOWING_SHOWN 4

/* Events that the page has room for: no normal ones, but for what says that the log is not whole. */
static bool is_told(const json_t *event)
{
	const char *severity = json_string_at(event, "severity"),
		   *kind = json_string_at(event, "kind");

	if (severity && strcmp(severity, "info") != 0)
		return true;
	return kind && (!strcmp(kind, "lost") || !strcmp(kind, "suppressed") ||
			!strcmp(kind, "clock") || !strcmp(kind, "link") || !strcmp(kind, "sysrq"));
}

/* Behind the last one that is not behind the crash; without a crash, behind all. */
static size_t end_of_told(const json_t *report, const json_t *events)
{
	size_t end = json_array_size(events);

	while (end && !json_at(report, "log.trouble") &&
	       json_number_value(json_at(json_array_get(events, end - 1), "before_s")) < 0)
		end--;
	return end;
}

/* From where on as many as are shown are told; how many more there are. */
static size_t first_shown(const json_t *events, size_t end, size_t *told)
{
	size_t from = end;

	*told = 0;
	for (size_t i = end; i-- > 0;)
		if (is_told(json_array_get(events, i)) && ++*told <= EVENTS_SHOWN)
			from = i;
	return from;
}

static size_t count_told(const json_t *events, size_t from)
{
	size_t told = 0;

	for (size_t i = from; i < json_array_size(events); i++)
		told += is_told(json_array_get(events, i));
	return told;
}

/* What the crash led to. */
static void put_following(struct str *out, const json_t *events, size_t from, size_t width)
{
	size_t told = count_told(events, from), shown = 0;

	for (size_t i = from; i < json_array_size(events) && shown < FOLLOWING_SHOWN; i++)
		if (is_told(json_array_get(events, i))) {
			put_event(out, json_array_get(events, i), width);
			shown++;
		}
	if (told > shown)
		str_printf(out, "%10s  … %zu behind\n", "", told - shown);
}

void render_log_around(const json_t *report, size_t width, struct str *out)
{
	const json_t *events = json_at(report, "log.events");
	const json_t *cause = json_at(report, "log.first_cause");
	size_t told, end = end_of_told(report, events), from = first_shown(events, end, &told);

	if (!json_string_at(cause, "text") && told + count_told(events, end) < 2)
		return;
	put_first_cause(out, cause, width);
	if (told > EVENTS_SHOWN)
		str_printf(out, "%10s  … %zu before\n", "", told - EVENTS_SHOWN);
	for (size_t i = from; i < end; i++)
		if (is_told(json_array_get(events, i)))
			put_event(out, json_array_get(events, i), width);
	put_following(out, events, end, width);
}

/* --- all of it -------------------------------------------------------------------------------- */

#define WHOLE_LINE 400

static void put_segfault(struct str *out, const json_t *segfault)
{
	str_printf(out, "[%12.6f] segfault of ", json_number_value(json_at(segfault, "time_s")));
	render_task(out, segfault);
	render_put(out, " at ", json_string_at(segfault, "address"));
	render_put(out, " ip ", json_string_at(segfault, "ip"));
	render_put(out, " in ", json_string_at(segfault, "object"));
	if (json_is_integer(json_at(segfault, "offset")))
		str_printf(out, " offset %lld", json_integer_at(segfault, "offset"));
	render_put(out, " ", json_string_at(segfault, "symbol"));
	render_put(out, ": ", json_string_at(segfault, "instruction"));
	if (json_integer_at(segfault, "times") > 1)
		str_printf(out, ", one of %lld there", json_integer_at(segfault, "times"));
	str_puts(out, "\n");
}

static void render(const json_t *report, struct str *out)
{
	const json_t *item;
	size_t i;

	put_first_cause(out, json_at(report, "log.first_cause"), WHOLE_LINE);
	json_array_foreach (json_at(report, "log.events"), i, item) {
		put_left_out(out, report, i);
		put_event(out, item, WHOLE_LINE);
	}
	json_array_foreach (json_at(report, "log.segfaults"), i, item) {
		put_segfault(out, item);
	}
}

const struct section log_section = {.name = "log",
				    .summary = "what happened by the kernel's log, in its order",
				    .nothing = "the log tells of nothing that matters",
				    .render = render};
