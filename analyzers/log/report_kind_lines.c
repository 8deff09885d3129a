/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kinds of reports have lines of their own, and who reads them. */
#include "log/report_kind_lines.h"

#include "base/cleanup.h"
#include "log/report_lockdep.h"
#include "log/report_stall.h"

static const struct {
	enum report_kind kind;
	bool (*take)(struct report_reader *reader, const char *line);
} details[] = {
	{REPORT_RCU_STALL, report_stall_take},
	{REPORT_WORKQUEUE_LOCKUP, report_workqueue_take},
	{REPORT_LOCKDEP, report_lockdep_take},
	{REPORT_BAD_UNLOCK, report_lockdep_take},
};

bool report_kind_line_take(struct report_reader *reader, const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(details); i++)
		if (details[i].kind == reader->report->kind)
			return details[i].take(reader, line);
	return false;
}
