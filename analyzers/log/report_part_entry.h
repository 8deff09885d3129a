/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_PART_ENTRY
#define TRIAGE_LOG_REPORT_PART_ENTRY

#include "base/words.h"
#include "log/report_progress.h"

#define PART_LINES 512 /* of the reports, that are looked at together */
#define PART_REPORTS 4 /* at once */

/* A line that some report may have. */
struct part_entry {
	size_t line; /* of the log */
	enum report_slot slot;
	bool joins;	       /* it may say more of a report that was just announced */
	enum report_kind head; /* of a line that announces one, else REPORT_KINDS */
	bool apart;	       /* other lines stand before it: whose turn it was is not known */
	struct report_hints hints;
	struct report_progress begin; /* of the report that the line announces */
};

struct part_entries {
	struct part_entry list[PART_LINES];
	size_t count;
	/* Where it starts: these are open, fewer than PART_REPORTS, the oldest first. */
	const struct report_progress *open;
	size_t open_count;
	size_t reports; /* open ones and those that begin */
};

/*
 * Fill in list, count and reports: the lines of the log from first on that reports may have. False when
 * they are of one report after the other, the newest of the open ones and those behind it.
 */
bool report_part_entries_read(struct part_entries *entries, const struct log *log,
			      const struct words *heads, size_t first);
/* May this line, which announces something, say more of a report that was just announced? */
bool report_part_entry_refines(const struct part_entry *entry,
			       const struct report_progress *report);

#endif
