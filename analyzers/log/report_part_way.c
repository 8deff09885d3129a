/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks for the cheapest way to share lines out to the reports they may be of, as one looks for the
 * likeliest path through a hidden Markov model: line by line, with the cheapest ways so far.
 *
 * One line at a time does not do: where two CPUs print the same kind of report, what tells their lines
 * apart (RSP, RIP, CR2 said again, the end of a trace) often stands further below, and a line given to
 * the wrong report takes all that follow with it.
 */
#include "log/report_part_way.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define WAYS 12 /* that are kept at each line */
#define STEPS (WAYS * PART_REPORTS)
#define NO_TURN 0.7f	 /* whose turn it was is not known */
#define NOT_BEGUN 100.0f /* a line of a report in front of its first */

/* Lines are shared out up to here. */
struct way {
	struct report_progress reports[PART_REPORTS];
	uint8_t count, last;
	float cost;
	uint64_t hash, hashes[PART_REPORTS]; /* of the reports' progress */
};

struct step {
	uint8_t from, to; /* ways before the line, and behind it */
	uint8_t report;
	float cost; /* of all up to and with this step */
	float own;
};

struct layer {
	struct step steps[STEPS];
	uint8_t count;
	float rest[WAYS]; /* what the cheapest way costs from here to the end */
};

struct search {
	const struct part_entries *entries;
	const struct part_turns *turns;
	struct way ways[2][STEPS]; /* before the line, behind it */
	struct layer layers[PART_LINES];
};

/* --- a step ----------------------------------------------------------------------------------- */

/* What it costs that this report of a way takes the line, and how far the report has come then. */
static float give(const struct way *way, const struct part_entry *entry, size_t report,
		  const struct part_turns *turns, struct report_progress *ret)
{
	float cost = entry->apart ? NO_TURN : report == way->last ? turns->same : turns->other;

	if (report >= way->count) {
		*ret = entry->begin;
		return cost;
	}
	*ret = way->reports[report];
	if (entry->slot == SLOT_HEAD) {
		report_progress_refine(ret, entry->head);
		return cost;
	}
	cost += report_progress_cost(ret, entry->slot, &entry->hints);
	report_progress_take(ret, entry->slot, &entry->hints);
	return cost;
}

static void go(struct way *way, size_t report, const struct report_progress *progress)
{
	way->reports[report] = *progress;
	way->count = MAX(way->count, (uint8_t)(report + 1));
	way->last = (uint8_t)report;
}

/* A line that announces a report begins one, or says more of one that was just announced. */
static bool may_take(const struct way *way, const struct part_entry *entry, size_t report)
{
	bool refined = false;

	if (entry->slot != SLOT_HEAD)
		return report < way->count;
	for (size_t i = 0; i < way->count; i++)
		refined |= report_part_entry_refines(entry, &way->reports[i]);
	return refined ? report < way->count &&
				 report_part_entry_refines(entry, &way->reports[report])
		       : report == way->count;
}

/* --- all lines -------------------------------------------------------------------------------- */

/* Of a way whose report has come so far: of its last line's report, and of all reports. */
static uint64_t hash_of(const struct way *way, size_t report, uint64_t progress)
{
	size_t count = MAX((size_t)way->count, report + 1);
	uint64_t hash = report;

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ (i == report ? progress : way->hashes[i])) * 0x9e3779b97f4a7c15u;
	return hash;
}

/*
 * Add the way behind a step, or find one that has come as far with the same knowledge; its number. Most
 * are found: none is copied before.
 */
static uint8_t add_way(struct way *ways, size_t *count, const struct way *from, size_t report,
		       const struct report_progress *progress, float cost)
{
	uint64_t own = report_progress_hash(progress), hash = hash_of(from, report, own);

	for (size_t i = 0; i < *count; i++)
		if (ways[i].hash == hash) {
			ways[i].cost = MIN(ways[i].cost, cost);
			return (uint8_t)i;
		}
	struct way *way = &ways[*count];

	*way = *from;
	go(way, report, progress);
	way->cost = cost;
	way->hash = hash;
	way->hashes[report] = own;
	return (uint8_t)(*count)++;
}

/* The cost up to which ways are kept, and how many of those that cost as much. */
static float limit_of(const struct way *ways, size_t count, size_t *as_much)
{
	float cheapest[WAYS] = {0}; /* in order */
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		size_t at = kept;

		while (at && ways[i].cost < cheapest[at - 1])
			at--;
		if (at == WAYS)
			continue;
		kept += kept < WAYS;
		memmove(&cheapest[at + 1], &cheapest[at], (kept - at - 1) * sizeof(cheapest[0]));
		cheapest[at] = ways[i].cost;
	}
	for (*as_much = 0; *as_much < kept; ++*as_much)
		if (cheapest[kept - 1 - *as_much] < cheapest[kept - 1])
			break;
	return cheapest[kept - 1];
}

/* Keep the cheapest ways alone, and the steps that lead to them. */
static size_t prune(struct way *ways, size_t count, struct layer *layer)
{
	uint8_t number[STEPS];
	size_t kept = 0, steps = 0, as_much;

	if (count <= WAYS)
		return count;
	float limit = limit_of(ways, count, &as_much);

	for (size_t i = 0; i < count; i++) {
		bool keep = ways[i].cost < limit || (!(limit < ways[i].cost) && as_much);

		as_much -= keep && !(ways[i].cost < limit);
		if (keep)
			ways[kept] = ways[i];
		number[i] = keep ? (uint8_t)kept++ : UINT8_MAX;
	}
	for (size_t i = 0; i < layer->count; i++) {
		struct step step = layer->steps[i];

		step.to = number[step.to];
		if (step.to != UINT8_MAX)
			layer->steps[steps++] = step;
	}
	layer->count = (uint8_t)steps;
	return kept;
}

static size_t walk_layer(struct search *search, size_t at, size_t count)
{
	const struct part_entry *entry = &search->entries->list[at];
	struct layer *layer = &search->layers[at];
	struct way *before = search->ways[at % 2], *behind = search->ways[(at + 1) % 2];
	size_t behind_count = 0;

	layer->count = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t report = 0; report < PART_REPORTS; report++) {
			if (!may_take(&before[i], entry, report))
				continue;
			struct report_progress progress;
			float own = give(&before[i], entry, report, search->turns, &progress);
			float cost = before[i].cost + own;
			uint8_t to =
				add_way(behind, &behind_count, &before[i], report, &progress, cost);

			layer->steps[layer->count++] =
				(struct step){(uint8_t)i, to, (uint8_t)report, cost, own};
		}
	return prune(behind, behind_count, layer);
}

static struct way start_of(const struct part_entries *entries)
{
	struct way start = {.count = (uint8_t)entries->open_count,
			    .last = (uint8_t)(entries->open_count - 1)};

	memcpy(start.reports, entries->open, entries->open_count * sizeof(*entries->open));
	for (size_t i = 0; i < entries->open_count; i++)
		start.hashes[i] = report_progress_hash(&start.reports[i]);
	return start;
}

/* What all lines cost, the cheapest way; FLT_MAX when there is none. */
static float walk(struct search *search)
{
	size_t count = 1, at;
	float best = FLT_MAX;

	search->ways[0][0] = start_of(search->entries);
	for (at = 0; at < search->entries->count && count; at++)
		count = walk_layer(search, at, count);
	for (size_t i = 0; i < count; i++)
		best = MIN(best, search->ways[at % 2][i].cost);
	return best;
}

/* From the end: what each way costs from each line on. */
static void walk_back(struct search *search)
{
	size_t count = search->entries->count;

	for (size_t i = 0; i < WAYS; i++)
		search->layers[count - 1].rest[i] = 0;
	for (size_t at = count; at-- > 1;) {
		const struct layer *layer = &search->layers[at];
		float *rest = search->layers[at - 1].rest;

		for (size_t i = 0; i < WAYS; i++)
			rest[i] = FLT_MAX;
		for (size_t i = 0; i < layer->count; i++) {
			const struct step *step = &layer->steps[i];
			float cost = step->own + layer->rest[step->to];

			rest[step->from] = MIN(rest[step->from], cost);
		}
	}
}

/* --- the cheapest way ------------------------------------------------------------------------- */

static const struct step *cheapest(const struct layer *layer, uint8_t from)
{
	const struct step *chosen = NULL;
	float best = FLT_MAX;

	for (size_t i = 0; i < layer->count; i++) {
		const struct step *step = &layer->steps[i];
		float cost = step->own + layer->rest[step->to];

		if (step->from == from && cost < best) {
			best = cost;
			chosen = step;
		}
	}
	return chosen;
}

/* What it costs more, whatever comes before and behind, that the line is another's than the report's. */
static float more_of_another(const struct layer *layer, uint8_t report)
{
	float own = FLT_MAX, other = FLT_MAX;

	for (size_t i = 0; i < layer->count; i++) {
		const struct step *step = &layer->steps[i];
		float *cost = step->report == report ? &own : &other;

		*cost = MIN(*cost, step->cost + layer->rest[step->to]);
	}
	return other < FLT_MAX ? other - own : FLT_MAX;
}

static void choose(const struct search *search, struct part_shares *shares)
{
	uint8_t from = 0;

	for (size_t at = 0; at < search->entries->count; at++) {
		const struct layer *layer = &search->layers[at];
		const struct step *step = cheapest(layer, from);

		if (!step)
			return;
		shares->report[at] = step->report;
		shares->more[at] = more_of_another(layer, step->report);
		from = step->to;
	}
}

struct err *report_part_way_find(const struct part_entries *entries, const struct part_turns *turns,
				 struct part_shares *ret, float *cost)
{
	/* Large, and seldom used to its end: not cleared. */
	_free_ struct search *search = malloc(sizeof(*search));

	if (!search)
		return &err_nomem;
	search->entries = entries;
	search->turns = turns;
	memset(ret, 0, sizeof(*ret));
	*cost = walk(search);
	if (*cost < FLT_MAX) {
		walk_back(search);
		choose(search, ret);
	}
	return NULL;
}

float report_part_way_cost(const struct part_entries *entries, const struct part_turns *turns,
			   const uint8_t *report)
{
	struct way way = start_of(entries);
	float cost = 0;

	for (size_t at = 0; at < entries->count; at++) {
		const struct part_entry *entry = &entries->list[at];
		struct report_progress progress;

		cost += give(&way, entry, report[at], turns, &progress);
		if (report[at] >= way.count && entry->slot != SLOT_HEAD)
			cost += NOT_BEGUN;
		else
			go(&way, report[at], &progress);
		way.last = report[at];
	}
	return cost;
}
