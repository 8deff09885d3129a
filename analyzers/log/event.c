/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a kind of event is called, and the text of one. */
#include "log/event.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/printk/log.h"

static const struct {
	const char *name, *title;
	unsigned level;
} kinds[] = {
#define EVENT_KIND(id, name, level, title) [EVENT_##id] = {name, title, level},
#include "log/event_kinds.def"
#undef EVENT_KIND
};

static const char *const severities[] = {
	[EVENT_INFO] = "info",
	[EVENT_CORRECTED] = "corrected",
	[EVENT_ERROR] = "error",
	[EVENT_FATAL] = "fatal",
};

const char *event_kind_name(enum event_kind kind)
{
	return kinds[kind].name;
}

enum event_kind event_kind_by_name(const char *name)
{
	int kind = 0;

	while (kind < EVENT_KINDS && strcmp(kinds[kind].name, name) != 0)
		kind++;
	return (enum event_kind)kind;
}

const char *event_kind_title(enum event_kind kind)
{
	return kinds[kind].title;
}

unsigned event_kind_level(enum event_kind kind)
{
	return kinds[kind].level;
}

const char *event_severity_name(enum event_severity severity)
{
	return severities[severity];
}

const char *event_text(const struct log *log, const struct event *event)
{
	return event->note[0] ? event->note : log->lines[event->line].text;
}

void events_free(struct events *events)
{
	if (!events)
		return;
	free(events->list);
	free(events);
}
