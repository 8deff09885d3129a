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

#endif
