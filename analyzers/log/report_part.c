/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parts the lines of several CPUs that print reports at once, where the log does not name its callers.
 *
 * Each way to share the lines out has a cost: what each line costs as the next one of its report
 * (report_progress.h), and how the CPUs take turns. The cheapest way is looked for as one looks for the
 * likeliest path through a hidden Markov model, with a bounded number of ways kept at each line. Where
 * another way costs hardly more, a line is doubtful: it is then of no report.
 */
#include "log/report_part.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "log/report_head.h"
#include "log/report_task_line.h"

#define WAYS 48
#define NOBODYS_LINES 40
#define QUIET_US 30000000u
/* What another way costs more, for a line to be somebody's: likely, and surely. */
#define LIKELY 1.5f
#define SURE 5.0f
#define NO_HEAD (-1)

struct entry {
	size_t line;
	enum report_slot slot;
	bool joins; /* it may say more of a report that was just announced */
	int head;   /* enum report_kind, NO_HEAD */
	bool apart; /* other lines stand before it: whose turn it was is not known */
	struct report_hints hints;
	struct report_progress begin; /* of the report that the line announces */
};

struct way {
	struct report_progress reports[PART_REPORTS];
	uint8_t count, last;
	float cost;
	uint64_t hash, hashes[PART_REPORTS]; /* of the reports' progress */
};

struct step {
	uint8_t from, to, report;
	float cost; /* of all up to and with this step */
	float own;
};

struct layer {
	struct step steps[WAYS * PART_REPORTS];
	uint16_t count;
	float rest[WAYS]; /* what the cheapest way costs from here to the end */
};

struct parting {
	struct entry entries[PART_LINES];
	struct layer layers[PART_LINES];
	struct way ways[2][WAYS * PART_REPORTS]; /* before the line, behind it */
	size_t count;				 /* entries */
	size_t reports;				 /* open ones and those that begin */
	uint8_t best[PART_LINES];
	enum part_doubt doubt[PART_LINES];
	uint8_t other[PART_LINES]; /* another way to share them out */
};

/* What it costs that another CPU has its turn, or the same again. */
struct turns {
	float other, same;
};
#define NO_TURN 0.7f
static const struct turns in_step = {0.1f, 2.4f}; /* line by line, as a fair lock lets them */
static const struct turns in_bursts = {1.4f, 0.3f}, anyhow = {NO_TURN, NO_TURN};

/* --- lines ------------------------------------------------------------------------------------ */

/* "list_del corruption" and what announces how the kernel takes it: of one report. */
static bool is_refined(const struct report_progress *progress, const struct entry *entry)
{
	bool bug = entry->head == REPORT_BUG || entry->head == REPORT_WARN;
	bool found = entry->head == REPORT_LIST_CORRUPTION || entry->head == REPORT_REFCOUNT ||
		     entry->head == REPORT_DEBUG_OBJECT;

	bool overflow = entry->joins && entry->head == REPORT_STACK_OVERFLOW &&
			progress->kind == REPORT_STACK_OVERFLOW;

	return !(progress->seen & ~(1ull << SLOT_HEAD | 1ull << SLOT_OOPS)) &&
	       (overflow || (bug && progress->code == CODE_UNKNOWN) ||
		(found && progress->code == CODE_OF_BUG));
}

static bool is_oops_line(const char *text)
{
	text += strspn(text, " \t");
	return has_prefix(text, "Oops: 0") || has_prefix(text, "Oops: Oops: ") ||
	       has_prefix(text, "Oops [#") || has_prefix(text, "Internal error: ") ||
	       has_prefix(text, "invalid opcode: ") || has_prefix(text, "Oops: invalid opcode: ");
}

static void read_head(struct entry *entry, const char *text, enum report_kind kind)
{
	struct report report = {.kind = kind, .cpu = -1, .pid = -1, .by_cpu = -1};

	report_head_read(text, &report);
	entry->slot = SLOT_HEAD;
	entry->head = (int)kind;
	report_progress_begin(&entry->begin, &report);
}

/* The report that "Oops: …" or, of BUG(), "invalid opcode: …" may say more of; or NULL. */
static struct report_progress *awaits_oops(struct report_progress *reports, size_t count,
					   const struct report_hints *hints)
{
	uint64_t later = 1ull << SLOT_RIP | 1ull << SLOT_TRACE;
	struct report_progress *found = NULL;

	for (size_t i = 0; i < count; i++) {
		if (reports[i].seen >> SLOT_OOPS & 1 ||
		    (reports[i].code == CODE_OF_BUG) != hints->is_bug)
			continue;
		if (!(reports[i].seen & later))
			return &reports[i];
		found = found ? found : &reports[i];
	}
	return count > 1 ? found : NULL;
}

/* False where the reports that are read together end. */
static bool read_entry(const struct log_line *line, const struct words *heads,
		       struct report_progress *reports, size_t count, struct entry *entry)
{
	struct report_task_line task;
	enum report_kind kind;
	enum head_how how;

	*entry = (struct entry){.head = NO_HEAD, .hints = {.cpu = -1, .pid = -1}};
	entry->hints.is_bug = strstr(line->text, "invalid opcode: ");
	if (is_oops_line(line->text) && awaits_oops(reports, count, &entry->hints)) {
		entry->slot = SLOT_OOPS;
		return true;
	}
	if (report_head_find(heads, line, &kind, &how)) {
		if (kind == REPORT_PANIC && strstr(line->text, "Fatal exception")) {
			entry->slot = SLOT_NONE;
			return true;
		}
		/* Other panics are what an open report ends in, on the same CPU; their trace follows. */
		if (kind == REPORT_PANIC || kind == REPORT_BACKTRACE)
			return false;
		read_head(entry, line->text, kind);
		entry->joins = how == HEAD_JOINS;
		return true;
	}
	if (report_task_line_read(line->text, &task))
		return false;
	entry->slot = report_slot_of(line->text, report_body_kind(line->text));
	if (entry->slot != SLOT_NONE)
		report_slot_hints(line->text, entry->slot, &entry->hints);
	return true;
}

/* --- is there anything to part? --------------------------------------------------------------- */

static bool stands_alone(enum report_slot slot)
{
	return slot != SLOT_FRAME && slot != SLOT_WORDS && slot != SLOT_DETAIL &&
	       slot != SLOT_FAULT && slot != SLOT_NOTE && slot != SLOT_TITLE;
}

/* Lines as if the newest report alone went on; true at one that fits an older report better. */
static bool fits_other(struct report_progress *reports, size_t count, const struct entry *entry)
{
	struct report_progress *newest = &reports[count - 1];
	float own = report_progress_cost(newest, entry->slot, &entry->hints), best = FLT_MAX;

	for (size_t i = 0; i + 1 < count; i++)
		best = MIN(best, report_progress_cost(&reports[i], entry->slot, &entry->hints));
	if (best + 2 < own && (own >= 5 || stands_alone(entry->slot)))
		return true;
	report_progress_take(newest, entry->slot, &entry->hints);
	return false;
}

/* The same; "Oops: …" is the first report's that waits for it. */
static bool take_alone(struct report_progress *reports, size_t count, const struct entry *entry)
{
	struct report_progress *report =
		entry->slot == SLOT_OOPS ? awaits_oops(reports, count, &entry->hints) : NULL;

	if (!report)
		return fits_other(reports, count, entry);
	report_progress_take(report, SLOT_OOPS, &entry->hints);
	return report != &reports[count - 1];
}

static bool has_begun(const struct report_progress *progress)
{
	return progress->seen & (1ull << SLOT_HEADER | 1ull << SLOT_RIP | 1ull << SLOT_TRACE);
}

/* The lines from here on that reports may have; false when they are of one after the other. */
static bool collect(struct parting *parting, const struct log *log, const struct words *heads,
		    size_t first, const struct report_progress *open, size_t open_count)
{
	struct report_progress reports[PART_REPORTS];
	size_t ends = 0, nobodys = 0;
	bool mixed = false;

	parting->reports = open_count;
	memcpy(reports, open, open_count * sizeof(*open));
	for (size_t i = first; i < log->count && parting->count < PART_LINES; i++) {
		struct entry *entry = &parting->entries[parting->count];
		const struct log_line *line = &log->lines[i];

		if (line->caller || ++nobodys > NOBODYS_LINES ||
		    !read_entry(line, heads, reports, parting->reports, entry) ||
		    (line->has_time && log->lines[first].has_time &&
		     line->time_us > log->lines[first].time_us + QUIET_US))
			break;
		if (entry->slot == SLOT_NONE)
			continue;
		entry->apart = nobodys > 1;
		nobodys = 0;
		entry->line = i;
		if (entry->slot == SLOT_HEAD &&
		    !is_refined(&reports[parting->reports - 1], entry)) {
			if (parting->reports == PART_REPORTS || ends >= parting->reports ||
			    (!mixed && i > first && has_begun(&reports[parting->reports - 1])))
				break;
			reports[parting->reports++] = entry->begin;
		} else if (entry->slot == SLOT_HEAD) {
			report_progress_refine(&reports[parting->reports - 1],
					       (enum report_kind)entry->head);
		} else {
			mixed |= take_alone(reports, parting->reports, entry);
			ends += entry->slot == SLOT_END;
		}
		parting->count++;
	}
	return mixed;
}

/* --- ways ------------------------------------------------------------------------------------- */

static void rehash(struct way *way, size_t report)
{
	way->hashes[report] = report_progress_hash(&way->reports[report]);
	way->hash = way->last;
	for (size_t i = 0; i < way->count; i++)
		way->hash = (way->hash ^ way->hashes[i]) * 0x9e3779b97f4a7c15u;
}

/* Add the way behind a step, or find one that has come as far with the same knowledge; its number. */
static uint8_t add_way(struct way *ways, size_t *count, const struct way *way)
{
	for (size_t i = 0; i < *count; i++)
		if (ways[i].hash == way->hash) {
			ways[i].cost = MIN(ways[i].cost, way->cost);
			return (uint8_t)i;
		}
	ways[*count] = *way;
	return (uint8_t)(*count)++;
}

#define NOT_BEGUN 100.0f /* a line of a report in front of its first */

/* What it costs that this report takes the line; the way changes accordingly. */
static float give(struct way *way, const struct entry *entry, size_t report,
		  const struct turns *turns)
{
	float cost = entry->apart ? NO_TURN : report == way->last ? turns->same : turns->other;

	way->last = (uint8_t)report;
	if (report >= way->count && entry->slot != SLOT_HEAD)
		return cost + NOT_BEGUN;
	if (report >= way->count) {
		way->reports[report] = entry->begin;
		way->count = (uint8_t)(report + 1);
	} else if (entry->slot == SLOT_HEAD) {
		report_progress_refine(&way->reports[report], (enum report_kind)entry->head);
	} else {
		cost += report_progress_cost(&way->reports[report], entry->slot, &entry->hints);
		report_progress_take(&way->reports[report], entry->slot, &entry->hints);
	}
	way->cost += cost;
	return cost;
}

/* A line that announces a report begins one, or says more of one that was just announced. */
static bool may_take(const struct way *way, const struct entry *entry, size_t report)
{
	bool refined = false;

	if (entry->slot != SLOT_HEAD)
		return report < way->count;
	for (size_t i = 0; i < way->count; i++)
		refined |= is_refined(&way->reports[i], entry);
	return refined ? report < way->count && is_refined(&way->reports[report], entry)
		       : report == way->count;
}

/* Keep the cheapest ways alone, and the steps that lead to them. */
static size_t prune(struct way *ways, size_t count, struct layer *layer)
{
	uint8_t number[WAYS * PART_REPORTS] = {0};
	size_t kept = 0, steps = 0;

	for (size_t i = 0; i < count; i++) {
		size_t cheaper = 0;

		for (size_t j = 0; j < count; j++)
			cheaper += ways[j].cost < ways[i].cost ||
				   (j < i && !(ways[i].cost < ways[j].cost));
		number[i] = cheaper < WAYS ? (uint8_t)kept++ : UINT8_MAX;
	}
	for (size_t i = 0; i < count; i++)
		if (number[i] != UINT8_MAX)
			ways[number[i]] = ways[i];
	for (size_t i = 0; i < layer->count; i++) {
		struct step step = layer->steps[i];

		if (number[step.to] == UINT8_MAX)
			continue;
		step.to = number[step.to];
		layer->steps[steps++] = step;
	}
	layer->count = (uint16_t)steps;
	return kept;
}

static size_t walk_layer(struct parting *parting, size_t at, size_t count,
			 const struct turns *turns)
{
	const struct entry *entry = &parting->entries[at];
	struct layer *layer = &parting->layers[at];
	struct way *before = parting->ways[at % 2], *behind = parting->ways[(at + 1) % 2];
	size_t behind_count = 0;

	layer->count = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t report = 0; report < PART_REPORTS; report++) {
			struct way way = before[i];

			if (!may_take(&way, entry, report))
				continue;
			float own = give(&way, entry, report, turns);

			rehash(&way, report);
			uint8_t to = add_way(behind, &behind_count, &way);

			layer->steps[layer->count++] =
				(struct step){(uint8_t)i, to, (uint8_t)report, way.cost, own};
		}
	return prune(behind, behind_count, layer);
}

/* From the end: what each way costs from each line on. */
static void walk_back(struct parting *parting)
{
	for (size_t i = 0; i < WAYS; i++)
		parting->layers[parting->count - 1].rest[i] = 0;
	for (size_t at = parting->count; at-- > 1;) {
		const struct layer *layer = &parting->layers[at];
		float *rest = parting->layers[at - 1].rest;

		for (size_t i = 0; i < WAYS; i++)
			rest[i] = FLT_MAX;
		for (size_t i = 0; i < layer->count; i++) {
			const struct step *step = &layer->steps[i];
			float cost = step->own + layer->rest[step->to];

			rest[step->from] = MIN(rest[step->from], cost);
		}
	}
}

/* What all costs, the cheapest way; FLT_MAX when there is none. */
static float walk(struct parting *parting, const struct report_progress *open, size_t open_count,
		  const struct turns *turns)
{
	struct way *start = &parting->ways[0][0];
	size_t count = 1;
	float best = FLT_MAX;

	*start = (struct way){.count = (uint8_t)open_count, .last = (uint8_t)(open_count - 1)};
	for (size_t i = 0; i < open_count; i++) {
		start->reports[i] = open[i];
		rehash(start, i);
	}
	for (size_t at = 0; at < parting->count; at++) {
		count = walk_layer(parting, at, count, turns);
		if (!count)
			return FLT_MAX;
	}
	for (size_t i = 0; i < count; i++)
		best = MIN(best, parting->ways[parting->count % 2][i].cost);
	walk_back(parting);
	return best;
}

/* --- whose lines ------------------------------------------------------------------------------ */

static void doubt(struct parting *parting, size_t at, float more)
{
	enum part_doubt doubt = more < LIKELY ? PART_DOUBTFUL
				: more < SURE ? PART_LIKELY
					      : PART_SURE;

	parting->doubt[at] = MAX(parting->doubt[at], doubt);
}

/* The step of the cheapest way; a line is doubtful where it costs hardly more to give it to another. */
static void choose(struct parting *parting)
{
	uint8_t from = 0;

	for (size_t at = 0; at < parting->count; at++) {
		const struct layer *layer = &parting->layers[at];
		float costs[PART_REPORTS], best = FLT_MAX;
		const struct step *chosen = NULL;

		for (size_t i = 0; i < PART_REPORTS; i++)
			costs[i] = FLT_MAX;
		for (size_t i = 0; i < layer->count; i++) {
			const struct step *step = &layer->steps[i];
			float all = step->cost + layer->rest[step->to];
			float here = step->own + layer->rest[step->to];

			costs[step->report] = MIN(costs[step->report], all);
			if (step->from == from && here < best) {
				best = here;
				chosen = step;
			}
		}
		if (!chosen)
			return;
		parting->best[at] = chosen->report;
		for (size_t i = 0; i < PART_REPORTS; i++)
			if (i != chosen->report && costs[i] < FLT_MAX)
				doubt(parting, at, costs[i] - costs[chosen->report]);
		from = chosen->to;
	}
}

/* Frames bear nothing that tells whose they are: while two traces are printed, neither's are sure. */
static void doubt_frames(struct parting *parting, const struct report_progress *open,
			 size_t open_count)
{
	struct report_progress reports[PART_REPORTS];

	memcpy(reports, open, open_count * sizeof(*open));
	for (size_t at = 0; at < parting->count; at++) {
		const struct entry *entry = &parting->entries[at];
		size_t own = parting->best[at];

		for (size_t i = 0; entry->slot == SLOT_FRAME && i < open_count; i++)
			if (i != own && !reports[i].ended && !reports[own].wants_place &&
			    report_progress_cost(&reports[i], SLOT_FRAME, &entry->hints) <= 0)
				parting->doubt[at] = PART_DOUBTFUL;
		if (own == open_count)
			reports[open_count++] = entry->begin;
		else if (entry->slot != SLOT_HEAD)
			report_progress_take(&reports[own], entry->slot, &entry->hints);
	}
}

/* --- could two reports have it the other way round? ------------------------------------------- */

/* What it costs to share the lines out as other says. */
static float replay(const struct parting *parting, const uint8_t *shares,
		    const struct report_progress *open, size_t open_count,
		    const struct turns *turns)
{
	struct way way = {.count = (uint8_t)open_count, .last = (uint8_t)(open_count - 1)};
	float cost = 0;

	memcpy(way.reports, open, open_count * sizeof(*open));
	for (size_t at = 0; at < parting->count; at++)
		cost += give(&way, &parting->entries[at], shares[at], turns);
	return cost;
}

/* The report's first line of that slot, or SIZE_MAX. */
static size_t line_of(const struct parting *parting, size_t report, enum report_slot slot)
{
	for (size_t at = 0; at < parting->count; at++)
		if (parting->best[at] == report && parting->entries[at].slot == slot)
			return at;
	return SIZE_MAX;
}

/* Exchange the lines of two reports from slot first on, up to slot end (REPORT_SLOTS: all); false: none. */
static bool exchange(struct parting *parting, const size_t reports[2], enum report_slot first,
		     enum report_slot end)
{
	memcpy(parting->other, parting->best, sizeof(parting->best));
	for (size_t i = 0; i < 2; i++) {
		size_t from = line_of(parting, reports[i], first);
		size_t to =
			end == REPORT_SLOTS ? parting->count : line_of(parting, reports[i], end);

		if (from == SIZE_MAX || to == SIZE_MAX || to < from)
			return false;
		for (size_t at = from; at < to; at++)
			if (parting->best[at] == reports[i])
				parting->other[at] = (uint8_t)reports[!i];
	}
	return true;
}

static void doubt_exchanged(struct parting *parting, const struct report_progress *open,
			    size_t open_count, const struct turns *turns)
{
	static const enum report_slot from[] = {SLOT_OOPS, SLOT_CPU, SLOT_HEADER, SLOT_TASK,
						SLOT_RIP,  SLOT_RSP, SLOT_CODE,	  SLOT_TRACE};
	static const enum report_slot to[] = {REPORT_SLOTS, SLOT_MODULES, SLOT_HEADER, SLOT_MACHINE,
					      SLOT_RIP,	    SLOT_RSP,	  SLOT_R1,     SLOT_TRACE};
	size_t count = parting->reports;
	float best = replay(parting, parting->best, open, open_count, turns);

	for (size_t i = 0; i < count * count * ARRAY_SIZE(from) * ARRAY_SIZE(to); i++) {
		size_t pair = i / (ARRAY_SIZE(from) * ARRAY_SIZE(to));
		size_t reports[2] = {pair / count, pair % count};

		if (reports[0] >= reports[1] ||
		    !exchange(parting, reports, from[i / ARRAY_SIZE(to) % ARRAY_SIZE(from)],
			      to[i % ARRAY_SIZE(to)]))
			continue;
		float more = replay(parting, parting->other, open, open_count, turns) - best;

		for (size_t at = 0; more < SURE && at < parting->count; at++)
			if (parting->other[at] != parting->best[at])
				doubt(parting, at, more);
	}
}

/* Does any report go on behind lines of another? */
static bool is_mixed(const struct parting *parting)
{
	uint64_t left = 0;

	for (size_t at = 1; at < parting->count; at++) {
		if (parting->best[at] == parting->best[at - 1])
			continue;
		left |= 1u << parting->best[at - 1];
		if (left >> parting->best[at] & 1)
			return true;
	}
	/* The open ones were left where the first line begins another. */
	for (size_t at = 1; at < parting->count; at++)
		if (parting->best[at] < parting->best[0])
			return true;
	return false;
}

static struct err *keep(struct report_part *part, const struct parting *parting)
{
	report_part_deinit(part);
	part->first = parting->entries[0].line;
	part->last = parting->entries[parting->count - 1].line;
	part->lines = calloc(part->last - part->first + 1, sizeof(*part->lines));
	if (!part->lines)
		return &err_nomem;
	for (size_t at = 0; at < parting->count; at++)
		part->lines[parting->entries[at].line - part->first] =
			(struct part_line){(uint8_t)(parting->best[at] + 1), parting->doubt[at]};
	return NULL;
}

void report_part_deinit(struct report_part *part)
{
	free(part->lines);
	*part = (struct report_part){.first = 1, .spent = part->spent};
}

struct part_line report_part_at(const struct report_part *part, size_t line)
{
	return part->lines && line >= part->first && line <= part->last
		       ? part->lines[line - part->first]
		       : (struct part_line){0};
}

#define TURNS_MIN 12 /* so few may well look regular by chance */

/* Have two CPUs printed line by line? Where they have not, no way to share the lines out looks like it. */
static bool is_in_step(const struct parting *parting)
{
	size_t turns = 0, same = 0;
	uint8_t begun = 0, ended = 0;

	if (parting->reports != 2)
		return false;
	for (size_t at = 0; at < parting->count && ended != 3; at++) {
		begun |= (uint8_t)(1u << parting->best[at]);
		if (begun == 3 && !ended && at && !parting->entries[at].apart) {
			turns++;
			same += parting->best[at] == parting->best[at - 1];
		}
		if (parting->entries[at].slot == SLOT_END)
			ended |= (uint8_t)(1u << parting->best[at]);
	}
	return turns >= TURNS_MIN && same * 32 <= turns;
}

/* Share the lines out; false when that cannot be done. */
static bool share_out(struct parting *parting, const struct report_progress *open, size_t count)
{
	const struct turns *turns = &in_step;

	memset(parting->best, 0, sizeof(parting->best));
	memset(parting->doubt, 0, sizeof(parting->doubt));
	if (walk(parting, open, count, turns) >= FLT_MAX)
		return false;
	choose(parting);
	if (!is_in_step(parting)) {
		memset(parting->doubt, 0, sizeof(parting->doubt));
		turns = walk(parting, open, count, &anyhow) <=
					walk(parting, open, count, &in_bursts)
				? &anyhow
				: &in_bursts;
		walk(parting, open, count, turns);
		choose(parting);
	}
	doubt_exchanged(parting, open, count, turns);
	doubt_frames(parting, open, count);
	return true;
}

struct err *report_part_find(struct report_part *part, const struct log *log,
			     const struct words *heads, size_t line,
			     const struct report_progress *open, size_t count)
{
	_free_ struct parting *parting = NULL;

	if (!count || count >= PART_REPORTS || part->spent >= PART_ALL)
		return NULL;
	parting = malloc(sizeof(*parting)); /* large, and most of it is seldom used: not cleared */
	if (!parting)
		return &err_nomem;
	parting->count = 0;
	if (!collect(parting, log, heads, line, open, count))
		return NULL;
	part->spent += parting->count;
	if (!share_out(parting, open, count))
		return NULL;
	return is_mixed(parting) ? keep(part, parting) : NULL;
}
