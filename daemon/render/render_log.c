/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel log as an incident: what happened, in order, how long before the crash, and how often. */
#include "daemon/render/render_log.h"

#include <stdio.h>
#include <string.h>

#include "daemon/render/render_json.h"
#include "daemon/render/render_log_report.h"
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

/* The calendar and the uptime, as far as the log has them. */
static void put_when(struct str *out, const json_t *event)
{
	const json_t *time = json_at(event, "time_s");
	const char *wall = json_string_at(event, "wall_time");

	if (wall) {
		render_put(out, "", wall);
		str_puts(out, " ");
	}
	if (json_is_number(time))
		str_printf(out, "[%12.6f] ", json_number_value(time));
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

#define WHOLE_LINE                                                                                 \
	400 /* bytes of a line where there is room for all of it, and what its report says */

#define LEAST_TEXT 40 /* bytes of a log line are shown, however narrow the terminal is */

static bool same_at(const json_t *a, const json_t *b, const char *key)
{
	const json_t *x = json_at(a, key), *y = json_at(b, key);

	return x && y ? json_equal(x, y) : x == y;
}

static bool is_first_cause(const json_t *report, const json_t *event)
{
	const json_t *cause = json_at(report, "log.first_cause");

	return json_string_at(cause, "text") && same_at(cause, event, "text") &&
	       same_at(cause, event, "time_s") && same_at(cause, event, "wall_time");
}

/* A line's beginning: ">" marks the first cause. */
static void put_start(struct str *out, const json_t *report, const json_t *event)
{
	size_t start = out->length;

	put_distance(out, event);
	if (is_first_cause(report, event) && out->data[start] == ' ')
		out->data[start] = '>';
	put_when(out, event);
}

/* A line of the timeline, of about width characters. */
static void put_event(struct str *out, const json_t *report, const json_t *event, size_t width)
{
	const char *text = json_string_at(event, "text");
	_str_ struct str rest = {0};
	size_t start = out->length, used;

	put_start(out, report, event);
	if (mark_of(event))
		str_printf(out, "-- %s: ", mark_of(event));
	if (width == WHOLE_LINE)
		render_log_report(report, event, &rest);
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
static void put_following(struct str *out, const json_t *report, const json_t *events, size_t from,
			  size_t width)
{
	size_t told = count_told(events, from), shown = 0;

	for (size_t i = from; i < json_array_size(events) && shown < FOLLOWING_SHOWN; i++)
		if (is_told(json_array_get(events, i))) {
			put_event(out, report, json_array_get(events, i), width);
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
			put_event(out, report, json_array_get(events, i), width);
	put_following(out, report, events, end, width);
}

/* --- all of it -------------------------------------------------------------------------------- */

static bool is_segfault(const json_t *event)
{
	const char *kind = json_string_at(event, "kind");

	return kind && !strcmp(kind, "segfault");
}

/* What is known of the program's crash that an event is, or NULL. Both stand in the log's order. */
static const json_t *segfault_of(const json_t *report, const json_t *event)
{
	const json_t *list = json_at(report, "log.segfaults"), *item;
	size_t i;

	json_array_foreach (list, i, item)
		if (json_equal(json_at(item, "first_line"), json_at(event, "first_line")))
			return item;
	return NULL;
}

static void put_segfault(struct str *out, const json_t *report, const json_t *event,
			 const json_t *segfault)
{
	put_start(out, report, event);
	render_put(out, "", json_string_at(segfault, "trap"));
	str_puts(out, " of ");
	render_task(out, segfault);
	render_put(out, " at ", json_string_at(segfault, "address"));
	render_put(out, " ip ", json_string_at(segfault, "ip"));
	render_put(out, " in ", json_string_at(segfault, "object"));
	if (json_is_integer(json_at(segfault, "offset")))
		str_printf(out, "+0x%llx", json_integer_at(segfault, "offset"));
	render_put(out, " ", json_string_at(segfault, "symbol"));
	render_put(out, ": ", json_string_at(segfault, "instruction"));
	if (json_integer_at(segfault, "times") > 1)
		str_printf(out, ", one of %lld there", json_integer_at(segfault, "times"));
	put_rest(out, event);
	str_puts(out, "\n");
}

#define STORM_GAP_S 600 /* between crashes of programs that are told as one storm */
#define STORM_LEAST 4	/* events */
#define STORM_NAMES 6

static double seconds_between(const json_t *a, const json_t *b)
{
	if (json_is_number(json_at(a, "before_s")) && json_is_number(json_at(b, "before_s")))
		return json_number_value(json_at(a, "before_s")) -
		       json_number_value(json_at(b, "before_s"));
	if (json_is_number(json_at(a, "time_s")) && json_is_number(json_at(b, "time_s")))
		return json_number_value(json_at(b, "time_s")) -
		       json_number_value(json_at(a, "time_s"));
	return STORM_GAP_S;
}

/* How many events from here on are programs' crashes, one soon after the other. */
static size_t storm_at(const json_t *events, size_t from)
{
	size_t end = from;

	while (is_segfault(json_array_get(events, end)) &&
	       (end == from || seconds_between(json_array_get(events, end - 1),
					       json_array_get(events, end)) < STORM_GAP_S))
		end++;
	return end - from;
}

/* How often the program of the event at index crashed; 0 where an earlier one has told it. */
static long long crashes_of(const json_t *events, size_t from, size_t count, size_t index)
{
	const json_t *name = json_at(json_array_get(events, index), "device");
	long long sum = 0;

	for (size_t i = from; i < from + count; i++) {
		const json_t *event = json_array_get(events, i);

		if (!json_equal(json_at(event, "device"), name))
			continue;
		if (i < index)
			return 0;
		sum += json_integer_at(event, "count");
	}
	return sum;
}

static void put_storm(struct str *out, const json_t *report, const json_t *events, size_t from,
		      size_t count)
{
	const json_t *first = json_array_get(events, from);
	const json_t *last = json_array_get(events, from + count - 1);
	long long crashes = 0, programs = 0;
	_str_ struct str names = {0};

	for (size_t i = from; i < from + count; i++) {
		const json_t *event = json_array_get(events, i);
		long long times = crashes_of(events, from, count, i);

		crashes += times;
		programs += times != 0;
		if (!times || programs > STORM_NAMES)
			continue;
		render_put(&names, programs > 1 ? ", " : "", json_string_at(event, "device"));
		str_printf(&names, " %lld", times);
	}
	put_start(out, report, first);
	str_printf(out, "%lld crashes of %lld program%s within %.0f s: %s%s\n", crashes, programs,
		   programs == 1 ? "" : "s", seconds_between(first, last),
		   names.data ? names.data : "", programs > STORM_NAMES ? ", …" : "");
}

static void put_any(struct str *out, const json_t *report, const json_t *event)
{
	const json_t *segfault = is_segfault(event) ? segfault_of(report, event) : NULL;

	if (segfault)
		put_segfault(out, report, event, segfault);
	else
		put_event(out, report, event, WHOLE_LINE);
}

void render_log_each(const json_t *report, render_log_line *line, void *context)
{
	const json_t *events = json_at(report, "log.events");

	for (size_t i = 0; i < json_array_size(events);) {
		const json_t *event = json_array_get(events, i);
		size_t storm = storm_at(events, i);
		_str_ struct str left_out = {0}, text = {0};

		put_left_out(&left_out, report, i);
		if (left_out.length)
			line(context, NULL, left_out.data);
		if (storm >= STORM_LEAST)
			put_storm(&text, report, events, i, storm);
		else
			put_any(&text, report, event);
		line(context, event, text.data ? text.data : "\n");
		i += storm >= STORM_LEAST ? storm : 1;
	}
}

void render_first_cause(const json_t *report, struct str *out)
{
	put_first_cause(out, json_at(report, "log.first_cause"), WHOLE_LINE);
}

static void put_line(void *out, const json_t *event, const char *text)
{
	(void)event;
	str_puts(out, text);
}

static void render(const json_t *report, struct str *out)
{
	render_first_cause(report, out);
	render_log_each(report, put_line, out);
}

const struct section log_section = {.name = "log",
				    .summary = "what happened by the kernel's log, in its order",
				    .nothing = "the log tells of nothing that matters",
				    .render = render};
