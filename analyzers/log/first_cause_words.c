/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong, and what it began with, in a line each. */
#include "log/first_cause_words.h"

#include <string.h>
#include <strings.h>

#include "log/log_time.h"

/* The line, and what the lines below it add. */
static void put_text(const struct log *log, const struct event *event, struct str *out)
{
	const char *text = event_text(log, event);

	str_puts(out, text + strspn(text, " "));
	if (event->detail[0])
		str_printf(out, " (%s)", event->detail);
}

/* What lines of numbers mean, where the lines below them say it. Returns false: it is no such line. */
static bool put_meaning(const struct event *event, const char *text, const char *device,
			struct str *out)
{
	if (!event->detail[0])
		return false;
	if (event->kind == EVENT_ATA && strstr(text, "exception Emask ")) {
		if (strcmp(event->device, device))
			str_printf(out, "%s: ", event->device);
	} else if (event->kind != EVENT_MACHINE_CHECK) {
		return false;
	} else if (!strcasecmp(event->detail,
			       "no error")) { /* MCA's code 0 of a status that is valid */
		str_puts(out, "its code does not say of what");
		return true;
	}
	str_puts(out, event->detail);
	return true;
}

/* "amdgpu 0000:28:00.0: ring gfx timeout" where the device has just been named: "ring gfx timeout". */
static void put_rest(const struct log *log, const struct event *event, const char *device,
		     struct str *out)
{
	const char *text = event_text(log, event), *at = device[0] ? strstr(text, device) : NULL;
	const char *driver = text + strcspn(text, " ");

	if (put_meaning(event, text, device, out))
		return;
	if (at && at[strlen(device)] == ':' && (at == text || at == driver + 1))
		text = at + strlen(device) + 1;
	text += strspn(text, " ");
	str_puts(out, text);
	if (event->detail[0])
		str_printf(out, " (%s)", event->detail);
}

static void put_what(const struct log *log, const struct event *event, struct str *out)
{
	double seconds;

	if (event->severity == EVENT_CORRECTED)
		str_puts(out, "corrected ");
	else if (event->kind == EVENT_MEMORY_ERROR && event->severity == EVENT_FATAL)
		str_puts(out, "uncorrected ");
	str_puts(out, event_kind_title(event->kind));
	if (event->device[0])
		str_printf(out, " (%s)", event->device);
	if (event->count < 2)
		return;
	str_printf(out, ", %zu times", event->count);
	if (log_time_between(log, event->line, event->last_line, &seconds) && seconds >= 1) {
		str_puts(out, " in ");
		log_time_put(seconds, out);
	}
}

void first_cause_put_trouble(const struct log *log, const struct event *trouble,
			     const struct first_cause *cause, struct str *out)
{
	put_what(log, trouble, out);
	if (!cause->event || cause->event == trouble) {
		str_puts(out, ": ");
		put_rest(log, trouble, trouble->device, out);
		return;
	}
	str_puts(out, "; it began with ");
	put_rest(log, cause->event, trouble->device, out);
	if (cause->has_distance && cause->distance_s >= 1) {
		str_puts(out, ", ");
		log_time_put(cause->distance_s, out);
		str_puts(out, " before");
	}
}

void first_cause_put(const struct log *log, const struct first_cause *cause, struct str *out)
{
	if (cause->has_distance && cause->event != cause->effect) {
		log_time_put(cause->distance_s, out);
		str_puts(out, " before: ");
	}
	put_text(log, cause->event, out);
}
