/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_PANIC
#define TRIAGE_LOG_REPORT_PANIC

#include "log/report.h"

/* A panic in the midst of a report: of a warning, say, whose header and trace are then those of the panic. */

#define REPORT_PANIC_LINES 6 /* behind a report's first lines, before it has shown anything */

/* Has a report said nothing yet but its first lines? */
bool report_is_bare(const struct report *report);
/* Give each bare report, of those in the order of the log, what the panic right behind it has shown. */
void reports_join_panics(struct reports *reports);

#endif
