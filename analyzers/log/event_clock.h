/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_EVENT_CLOCK
#define TRIAGE_LOG_EVENT_CLOCK

#include "log/event.h"

struct log_line;

/* A log's clocks from line to line: uptime, and the calendar beside it. Zero-initialise. */
struct event_clock {
	bool has_time;
	uint64_t time_us;
	const char *wall; /* of the line before */
	double wall_s;
	bool has_wall;
	double offset_s; /* the calendar's lead over uptime */
	bool has_offset;
};

enum clock_step { CLOCK_GOES_ON, CLOCK_NEW_BOOT, CLOCK_JUMPS };

/* What the clocks do before this line, whose calendar time is wall, if any; note says how they jump. */
enum clock_step event_clock_step(struct event_clock *clock, const struct log_line *line,
				 const char *wall, char *note, size_t size);

#endif
