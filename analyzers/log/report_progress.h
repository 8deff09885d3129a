/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_PROGRESS
#define TRIAGE_LOG_REPORT_PROGRESS

#include "log/report_slot.h"

/* How far a report has come, and what is known of it that its further lines may repeat. */
struct report_progress {
	uint64_t seen; /* bit n: slot n */
	enum report_slot last;
	bool ended;
	enum { CODE_UNKNOWN, CODE_OF_BUG, CODE_OTHER } code;
	bool has_address, is_worker;
	bool wants_place; /* 2.6.18: its first line ends with "RIP:", the place stands in the next */
	uint8_t style;	  /* STYLE_… */
	enum report_kind kind;
	int cpu;
	int32_t pid;
	uint64_t place, sp, stack, address;
};

/* Costs are negative logarithms of likelihoods, up to a constant: those of lines add up. */
#define PROGRESS_REPEATED 7.0f /* a line that the report has, and has once */
#define PROGRESS_SKIPPED 2.5f  /* a line that stands behind others, which are not there */

/* A report of which this is the first line; what that says is in report. */
void report_progress_begin(struct report_progress *progress, const struct report *report);
/* A line that announces this kind belongs to the report, which was just announced. */
void report_progress_refine(struct report_progress *progress, enum report_kind kind);
void report_progress_take(struct report_progress *progress, enum report_slot slot,
			  const struct report_hints *hints);
/* What it costs to believe that the line is the report's. */
float report_progress_cost(const struct report_progress *progress, enum report_slot slot,
			   const struct report_hints *hints);
/* Of all that costs depend on. */
uint64_t report_progress_hash(const struct report_progress *progress);

#endif
