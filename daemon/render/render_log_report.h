/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_LOG_REPORT
#define TRIAGE_DAEMON_RENDER_RENDER_LOG_REPORT

#include "base/str.h"
#include "json.h"

/*
 * What the kernel's report that an event is says of who and where: " (labctl/1830 in lab_get [lab])"; of
 * tasks that were asked for by SysRq, who they are. Nothing where the event's own line has it all. Escaped.
 */
void render_log_report(const json_t *report, const json_t *event, struct str *out);

#endif
