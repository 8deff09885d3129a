/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts the lines of several CPUs that print reports at once, where the log does not name its callers.
 *
 * Each way to share the lines out has a cost: what each line costs as the next one of its report
 * (report_progress.h), and how the CPUs take turns. The cheapest is taken (report_part_way.h). Where
 * another way costs hardly more, a line is doubtful: it is then of no report.
 */
#include "log/report_part.h"

#include <float.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "log/report_part_swap.h"
#include "log/report_part_way.h"

/* What another way costs more, for a line to be somebody's: likely, and surely. */
#define LIKELY 1.5f
#define SURE 5.0f

static const struct part_turns in_step = {0.1f, 2.4f}; /* line by line, as a fair lock lets them */
static const struct part_turns in_bursts = {1.4f, 0.3f}, anyhow = {0.7f, 0.7f};

#define TURNS_MIN 12 /* so few may well look regular by chance */

/* Have the two CPUs printed line by line? Where they have not, no way to share the lines out looks like it. */
static bool is_in_step(const struct part_entries *entries, const struct part_shares *shares)
{
	size_t turns = 0, same = 0;
	uint8_t begun = 0, ended = 0;

	for (size_t at = 0; at < entries->count && ended != 3; at++) {
		begun |= (uint8_t)(1u << shares->report[at]);
		if (begun == 3 && !ended && at && !entries->list[at].apart) {
			turns++;
			same += shares->report[at] == shares->report[at - 1];
		}
		if (entries->list[at].slot == SLOT_END)
			ended |= (uint8_t)(1u << shares->report[at]);
	}
	return turns >= TURNS_MIN && same * 32 <= turns;
}

/* The turns that the CPUs seem to have taken, and the cheapest way with those; cost FLT_MAX: none. */
static struct err *find_way(const struct part_entries *entries, const struct part_turns **turns,
			    struct part_shares *shares, float *cost)
{
	struct part_shares bursts;
	float cost_of_bursts;

	if (entries->reports == 2) {
		*turns = &in_step;
		TRY(report_part_way_find(entries, &in_step, shares, cost));
		if (*cost >= FLT_MAX || is_in_step(entries, shares))
			return NULL;
	}
	*turns = &anyhow;
	TRY(report_part_way_find(entries, &anyhow, shares, cost));
	TRY(report_part_way_find(entries, &in_bursts, &bursts, &cost_of_bursts));
	if (cost_of_bursts < *cost) {
		*turns = &in_bursts;
		*cost = cost_of_bursts;
		*shares = bursts;
	}
	return NULL;
}

/* Does any report go on behind lines of another? */
static bool is_mixed(const struct part_entries *entries, const struct part_shares *shares)
{
	unsigned left = 0;

	for (size_t at = 1; at < entries->count; at++) {
		if (shares->report[at] == shares->report[at - 1])
			continue;
		left |= 1u << shares->report[at - 1];
		if (left >> shares->report[at] & 1)
			return true;
	}
	/* The open ones were left where the first line begins another. */
	for (size_t at = 1; at < entries->count; at++)
		if (shares->report[at] < shares->report[0])
			return true;
	return false;
}

static struct err *keep(struct report_part *part, const struct part_entries *entries,
			const struct part_shares *shares)
{
	report_part_deinit(part);
	part->first = entries->list[0].line;
	part->last = entries->list[entries->count - 1].line;
	part->lines = calloc(part->last - part->first + 1, sizeof(*part->lines));
	if (!part->lines)
		return &err_nomem;
	for (size_t at = 0; at < entries->count; at++)
		part->lines[entries->list[at].line - part->first] = (struct part_line){
			.stream = (uint8_t)(shares->report[at] + 1),
			.doubt = shares->more[at] < LIKELY ? PART_DOUBTFUL
				 : shares->more[at] < SURE ? PART_LIKELY
							   : PART_SURE,
		};
	return NULL;
}

void report_part_deinit(struct report_part *part)
{
	free(part->lines);
	*part = (struct report_part){.first = 1, .looked = part->looked, .parted = part->parted};
}

struct part_line report_part_at(const struct report_part *part, size_t line)
{
	return part->lines && line >= part->first && line <= part->last
		       ? part->lines[line - part->first]
		       : (struct part_line){0};
}

struct err *report_part_find(struct report_part *part, const struct log *log,
			     const struct words *heads, size_t line,
			     const struct report_progress *open, size_t count)
{
	_free_ struct part_entries *entries = NULL;
	const struct part_turns *turns;
	struct part_shares shares;
	float cost;

	if (!count || count >= PART_REPORTS || part->looked >= PART_LOOKED_MAX ||
	    part->parted >= PART_PARTED_MAX)
		return NULL;
	entries = malloc(sizeof(*entries)); /* large, and seldom used to its end: not cleared */
	if (!entries)
		return &err_nomem;
	entries->open = open;
	entries->open_count = count;
	bool mixed = report_part_entries_read(entries, log, heads, line);

	part->looked += entries->count;
	if (!mixed)
		return NULL;
	part->parted += entries->count;
	TRY(find_way(entries, &turns, &shares, &cost));
	if (cost >= FLT_MAX)
		return NULL;
	report_part_swap_try(entries, turns, &shares);
	return is_mixed(entries, &shares) ? keep(part, entries, &shares) : NULL;
}
