/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_RENDER_MEMORY_H
#define TRIAGE_RENDER_MEMORY_H

#include "base/str.h"
#include "json.h"

/*
 * The memory of a verdict as text to paste into a ticket: each register and what it points to, the
 * numbered way of the bad value, what holds it, word by word, and what else speaks for a cause.
 */
void render_memory(const json_t *report, struct str *out);

#endif
