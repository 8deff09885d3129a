/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_EVENT_LINE
#define TRIAGE_LOG_EVENT_LINE

#include "log/event.h"

struct log_line;
struct words;

enum event_role {
	EVENT_NOTHING,
	EVENT_BEGINS,  /* kind and severity are set */
	EVENT_DETAILS, /* of the last one of kind; detail points to what it adds */
};

struct event_match {
	enum event_role role;
	enum event_kind kind;
	enum event_severity severity;
	const char *detail;
};

/* The words of event_lines.def, to look for them all at once. ERR_NOMEM. */
struct err *event_words_new(struct words **ret);
const char *const *event_words(size_t *count);
/* What a line is by event_lines.def. */
struct event_match event_match_line(const struct words *words, const struct log_line *line);

#endif
