/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_EVENT_LIST
#define TRIAGE_LOG_EVENT_LIST

#include "base/hash.h"
#include "kernel/printk/log.h"
#include "log/event.h"

/* Events while they come in: those that are alike and follow each other within an hour become one. */
struct event_list {
	const struct log *log;
	struct events *events;
	struct map bursts; /* what events are alike in → index of the last such one */
};

/* ERR_NOMEM. Of too many, those of the middle go, counted. */
struct err *event_list_add(struct event_list *list, const struct event *event);
void event_list_deinit(struct event_list *list); /* events stay */
/* "a, b": add to an event's detail what it does not have; cut where it has no room. */
void event_add_detail(struct event *event, const char *text);

#endif
