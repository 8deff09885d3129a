/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Could two reports have some of their lines the other way round? The search keeps few ways at each
 * line, so one that exchanges many lines may be lost on the way, though it costs hardly more: all
 * registers of one report for those of the other, or all lines from the header on.
 */
#include "log/report_part_swap.h"

#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"

/* Parts of a report: from the line of one slot to that of another. */
static const enum report_slot from[] = {SLOT_OOPS, SLOT_CPU, SLOT_HEADER, SLOT_TASK,
					SLOT_RIP,  SLOT_RSP, SLOT_CODE,	  SLOT_TRACE};
static const enum report_slot to[] = {REPORT_SLOTS, SLOT_MODULES, SLOT_HEADER, SLOT_MACHINE,
				      SLOT_RIP,	    SLOT_RSP,	  SLOT_R1,     SLOT_TRACE};

/* The report's first line of that slot, SIZE_MAX when it has none; behind all lines of REPORT_SLOTS. */
static size_t line_of(const struct part_entries *entries, const struct part_shares *shares,
		      size_t report, enum report_slot slot)
{
	for (size_t at = 0; at < entries->count; at++)
		if (shares->report[at] == report && entries->list[at].slot == slot)
			return at;
	return slot == REPORT_SLOTS ? entries->count : SIZE_MAX;
}

/* The shares with the two reports' lines from slot first on, up to slot end, exchanged; false: none are. */
static bool exchange(const struct part_entries *entries, const struct part_shares *shares,
		     const size_t reports[2], enum report_slot first, enum report_slot end,
		     uint8_t *ret)
{
	memcpy(ret, shares->report, sizeof(shares->report));
	for (size_t i = 0; i < 2; i++) {
		size_t begin = line_of(entries, shares, reports[i], first);
		size_t behind = line_of(entries, shares, reports[i], end);

		if (begin == SIZE_MAX || behind == SIZE_MAX || behind < begin)
			return false;
		for (size_t at = begin; at < behind; at++)
			if (shares->report[at] == reports[i])
				ret[at] = (uint8_t)reports[!i];
	}
	return true;
}

static void try_pair(const struct part_entries *entries, const struct part_turns *turns,
		     const size_t reports[2], float best, struct part_shares *shares)
{
	uint8_t other[PART_LINES];

	for (size_t i = 0; i < ARRAY_SIZE(from) * ARRAY_SIZE(to); i++) {
		if (!exchange(entries, shares, reports, from[i / ARRAY_SIZE(to)],
			      to[i % ARRAY_SIZE(to)], other))
			continue;
		float more = report_part_way_cost(entries, turns, other) - best;

		for (size_t at = 0; at < entries->count; at++)
			if (other[at] != shares->report[at])
				shares->more[at] = MIN(shares->more[at], more);
	}
}

void report_part_swap_try(const struct part_entries *entries, const struct part_turns *turns,
			  struct part_shares *shares)
{
	float best = report_part_way_cost(entries, turns, shares->report);

	for (size_t i = 0; i < entries->reports; i++)
		for (size_t j = i + 1; j < entries->reports; j++)
			try_pair(entries, turns, (size_t[]){i, j}, best, shares);
}
