/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_STUCK
#define TRIAGE_DAEMON_RENDER_RENDER_STUCK

#include "daemon/render/page.h"
#include "json.h"

/*
 * Where the tasks stand that a deadlock or hang is about, each stack once: those of the cycles, else
 * those at the roots of the waits, those of work that does not end, else those that wait the longest.
 * False, and nothing, where the verdict is another one, the crash's own stack tells more than that of
 * the messenger, or no such stack is known.
 */
bool render_stuck(const struct page *page, const json_t *report);

#endif
