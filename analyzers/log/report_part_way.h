/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_PART_WAY
#define TRIAGE_LOG_REPORT_PART_WAY

#include "log/report_part_entry.h"

/* What it costs that another CPU has its turn, or the same again. */
struct part_turns {
	float other, same;
};

/* Whose each line is. */
struct part_shares {
	uint8_t report[PART_LINES]; /* from 0, as they begin, the open ones first */
	float more[PART_LINES];	    /* what the cheapest other way costs more; 0 as much */
};

/*
 * The cheapest way to share all lines out, and what that costs: FLT_MAX when there is none. Bounded
 * time a line. ERR_NOMEM alone.
 */
struct err *report_part_way_find(const struct part_entries *entries, const struct part_turns *turns,
				 struct part_shares *ret, float *cost);
/* What it costs to share the lines out like this. */
float report_part_way_cost(const struct part_entries *entries, const struct part_turns *turns,
			   const uint8_t *report);

#endif
