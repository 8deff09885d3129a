/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes events, machine checks and the first cause of the verdict's section "log". */
#include "log/log_json_events.h"

#include <string.h>

#include "kernel/printk/log.h"
#include "log/log_json.h"
#include "log/log_time.h"
#include "log/mce_words.h"

#define TEXT_MAX 512 /* bytes of a line */

json_t *log_json_mce(const struct log *log, const struct mce *mce)
{
	_str_ struct str words = {0};
	json_t *json = json_object();

	log_json_put_time(json, log, mce->line);
	json_put(json, "first_line", json_integer((json_int_t)mce->line + 1));
	json_put(json, "count", json_integer((json_int_t)mce->count));
	json_put(json, "cpu", mce->cpu >= 0 ? json_integer(mce->cpu) : NULL);
	json_put(json, "bank", mce->bank >= 0 ? json_integer(mce->bank) : NULL);
	json_put(json, "socket", mce->socket >= 0 ? json_integer(mce->socket) : NULL);
	json_put(json, "status", mce->has_status ? json_address(mce->status) : NULL);
	json_put(json, "address", mce->has_address ? json_address(mce->address) : NULL);
	json_put(json, "misc", mce->has_misc ? json_address(mce->misc) : NULL);
	json_put(json, "mcg_status", mce->has_mcg_status ? json_address(mce->mcg_status) : NULL);
	json_put(json, "severity", json_string(mce_severity_name(mce->severity)));
	json_put(json, "fatal", json_boolean(mce->severity == MCE_FATAL));
	mce_put_words(mce, &words);
	json_put(json, "words", words.data ? json_escaped(words.data) : NULL);
	json_put(json, "place", mce->place[0] ? json_escaped(mce->place) : NULL);
	return json;
}

static json_t *text_json(const struct log *log, const struct event *event)
{
	const char *text = event_text(log, event);

	return json_escaped_bytes(text, strnlen(text, TEXT_MAX));
}

static void put_event(json_t *json, const struct log *log, const struct event *event)
{
	log_json_put_time(json, log, event->line);
	json_put(json, "kind", json_string(event_kind_name(event->kind)));
	json_put(json, "severity", json_string(event_severity_name(event->severity)));
	json_put(json, "text", text_json(log, event));
	json_put(json, "detail", event->detail[0] ? json_escaped(event->detail) : NULL);
	json_put(json, "device", event->device[0] ? json_escaped(event->device) : NULL);
	json_put(json, "cpu", event->cpu >= 0 ? json_integer(event->cpu) : NULL);
}

json_t *log_json_event(const struct log *log, const struct event *event, const char *model,
		       const struct event *trouble)
{
	const struct log_line *last = &log->lines[event->last_line];
	const char *wall = log_wall(log, event->last_line);
	json_t *json = json_object();
	double seconds;

	put_event(json, log, event);
	json_put(json, "model", model ? json_escaped(model) : NULL);
	json_put(json, "first_line", json_integer((json_int_t)event->line + 1));
	json_put(json, "count", json_integer((json_int_t)event->count));
	if (event->count > 1 && last->has_time)
		json_put(json, "last_time_s", json_real((double)last->time_us / 1e6));
	if (event->count > 1 && wall)
		json_put(json, "last_wall_time", json_escaped(wall));
	if (trouble && trouble->boot == event->boot &&
	    log_time_between(log, event->line, trouble->line, &seconds))
		json_put(json, "before_s", json_real(seconds));
	return json;
}

json_t *log_json_left_out(const struct events *events)
{
	return json_pack("{s:{s:I, s:I}}", "events_left_out", "count", (json_int_t)events->left_out,
			 "before_event", (json_int_t)events->left_out_at);
}

json_t *log_json_trouble(const struct log *log, const struct event *event)
{
	json_t *json = json_object();

	put_event(json, log, event);
	json_put(json, "count", json_integer((json_int_t)event->count));
	return json;
}

json_t *log_json_first_cause(const struct log *log, const struct first_cause *cause)
{
	json_t *json = json_object();

	put_event(json, log, cause->event);
	json_put(json, "distance_s", cause->has_distance ? json_real(cause->distance_s) : NULL);
	json_put(json, "led_to", json_string(event_kind_name(cause->effect->kind)));
	json_put(json, "confidence", json_real(cause->confidence));
	json_put(json, "reason", json_escaped(cause->reason));
	return json;
}
