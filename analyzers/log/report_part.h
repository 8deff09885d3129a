/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_PART
#define TRIAGE_LOG_REPORT_PART

#include "log/report_part_entry.h"

/* Lines of a log that are looked at, and that are parted: bounds the time it takes. */
#define PART_LOOKED_MAX 65536 /* as many as all reports have that are kept */
#define PART_PARTED_MAX 8192

/* Lines of several CPUs that print reports at once, without saying who prints. */
struct report_part {
	size_t first, last; /* lines of the log; first > last: none */
	struct part_line {
		uint8_t stream; /* whose line it is, from 1; 0 nobody's */
		enum part_doubt {
			PART_SURE,
			PART_LIKELY,
			PART_DOUBTFUL /* it may as well be another's */
		} doubt;
	} * lines;
	size_t looked, parted; /* lines so far */
};

void report_part_deinit(struct report_part *part);
/* Whose the line is; {0} outside of what was parted. */
struct part_line report_part_at(const struct report_part *part, size_t line);
/*
 * At a line that announces a report while others are open: are the lines from here on of several? If
 * so part says whose each is: stream i + 1 is open[i]'s, further ones those of reports that begin here.
 */
struct err *report_part_find(struct report_part *part, const struct log *log,
			     const struct words *heads, size_t line,
			     const struct report_progress *open, size_t count);

#endif
