/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the clocks of a log jump, and where it is another boot's. */
#include "log/event_clock.h"

#include <math.h>
#include <stdio.h>

#include "base/str.h"
#include "kernel/printk/log.h"
#include "log/log_time.h"

#define BACK_US 1000000u   /* CPUs' lines are out of order by less */
#define BOOT_US 120000000u /* a boot's first lines are of its first minutes */
#define JUMP_S 60.0
#define YEAR_S (366 * 86400.0) /* dates without a year begin anew */

static void put_note(char *note, size_t size, const char *what, double seconds)
{
	_str_ struct str text = {0};

	log_time_put(fabs(seconds), &text);
	snprintf(note, size, what, text.data ? text.data : "?");
}

static bool new_boot(const struct event_clock *clock, const struct log_line *line)
{
	return line->has_time && clock->has_time && line->time_us < BOOT_US &&
	       clock->time_us > line->time_us + BOOT_US;
}

static bool uptime_jumps(const struct event_clock *clock, const struct log_line *line, char *note,
			 size_t size)
{
	if (!line->has_time || !clock->has_time || line->time_us + BACK_US >= clock->time_us)
		return false;
	put_note(note, size, "the clock jumps: uptime goes back by %s",
		 (double)(clock->time_us - line->time_us) / 1e6);
	return true;
}

/* Asleep, a machine's uptime stands still and the calendar does not. */
static bool calendar_jumps(struct event_clock *clock, const struct log_line *line, double wall_s,
			   char *note, size_t size)
{
	double offset = wall_s - (double)line->time_us / 1e6, jump = offset - clock->offset_s;
	bool had = clock->has_offset;

	if (line->has_time) {
		clock->offset_s = offset;
		clock->has_offset = true;
	} else {
		jump = MIN(wall_s - clock->wall_s, 0.0);
		had = clock->has_wall;
	}
	if (!had || fabs(jump) < JUMP_S || fabs(jump + YEAR_S) < 86400)
		return false;
	put_note(note, size,
		 jump > 0 ? "the clock jumps: the calendar goes ahead of uptime by %s"
			  : "the clock jumps: the calendar goes back by %s",
		 jump);
	return true;
}

enum clock_step event_clock_step(struct event_clock *clock, const struct log_line *line,
				 const char *wall, char *note, size_t size)
{
	enum clock_step step = CLOCK_GOES_ON;
	double wall_s;

	if (new_boot(clock, line)) {
		step = CLOCK_NEW_BOOT;
		*clock = (struct event_clock){0};
	} else if (uptime_jumps(clock, line, note, size)) {
		step = CLOCK_JUMPS;
	}
	if (wall && wall != clock->wall && log_time_of_wall(wall, &wall_s)) {
		if (calendar_jumps(clock, line, wall_s, note, size))
			step = CLOCK_JUMPS;
		clock->has_wall = true;
		clock->wall_s = wall_s;
	}
	clock->wall = wall;
	if (line->has_time) {
		clock->has_time = true;
		clock->time_us = line->time_us;
	}
	return step;
}
