/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_LOG
#define TRIAGE_DAEMON_RENDER_RENDER_LOG

#include "base/str.h"
#include "json.h"

/*
 * What happened before the crash and behind it, or before the trouble, in a few lines of at most width
 * characters: what explains it, and the events nearest to it. Nothing where the crash is all that is known.
 */
void render_log_around(const json_t *report, size_t width, struct str *out);

/*
 * All of the log's timeline, a call a line, which ends in a newline: RENDER_LOG_WHEN columns or more tell
 * how long before or behind the crash, or the trouble. event is the line's first one, NULL for what was
 * left out. Escaped for a terminal.
 */
#define RENDER_LOG_WHEN 12
typedef void render_log_line(void *context, const json_t *event, const char *text);
void render_log_each(const json_t *report, render_log_line *line, void *context);
/* What began it by the log, and why; nothing where it is not known. */
void render_first_cause(const json_t *report, struct str *out);

#endif
