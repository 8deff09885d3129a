/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_MEMORY
#define TRIAGE_DAEMON_RENDER_RENDER_MEMORY

#include "base/str.h"
#include "json.h"

/*
 * The memory of a verdict as text to paste into a ticket: each register and what it points to, the
 * numbered way of the bad value, what holds it, word by word, and what else speaks for a cause.
 */
void render_memory(const json_t *report, struct str *out);
/* The same without the registers and the other addresses. */
void render_bad_value(const json_t *report, struct str *out);

#endif
