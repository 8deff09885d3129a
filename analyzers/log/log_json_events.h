/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_LOG_JSON_EVENTS
#define TRIAGE_LOG_LOG_JSON_EVENTS

#include "json.h"
#include "log/first_cause.h"
#include "log/mce.h"

struct log;

/* An element of log.mce[]. */
json_t *log_json_mce(const struct log *log, const struct mce *mce);
/* An element of log.events[]; trouble, from which its distance is told, may be NULL. */
json_t *log_json_event(const struct log *log, const struct event *event, const char *model,
		       const struct event *trouble);
/* log.events_left_out and where they stood. */
json_t *log_json_left_out(const struct events *events);
/* log.trouble */
json_t *log_json_trouble(const struct log *log, const struct event *event);
/* log.first_cause; it has to be known. */
json_t *log_json_first_cause(const struct log *log, const struct first_cause *cause);

#endif
