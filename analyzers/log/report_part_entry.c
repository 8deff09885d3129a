/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines that several reports at once may have; and are there several at once at all? */
#include "log/report_part_entry.h"

#include <float.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "log/log_mark.h"
#include "log/report_head.h"
#include "log/report_task_line.h"

#define NOBODYS_LINES 40
#define QUIET_US 30000000u

/* --- a line ----------------------------------------------------------------------------------- */

/* KASAN's words on a fault's address stand behind the fault's own. */
static bool says_more(const struct part_entry *entry, const struct report_progress *report)
{
	bool fault = report->kind == REPORT_PAGE_FAULT || report->kind == REPORT_NULL_DEREFERENCE;

	if (!entry->joins)
		return false;
	return (entry->head == REPORT_STACK_OVERFLOW && report->kind == REPORT_STACK_OVERFLOW) ||
	       (entry->head == REPORT_GENERAL_PROTECTION &&
		(fault || report->kind == REPORT_GENERAL_PROTECTION));
}

/* "list_del corruption" and what announces how the kernel takes it: of one report. */
bool report_part_entry_refines(const struct part_entry *entry, const struct report_progress *report)
{
	bool bug = entry->head == REPORT_BUG || entry->head == REPORT_WARN;
	bool found = entry->head == REPORT_LIST_CORRUPTION || entry->head == REPORT_REFCOUNT ||
		     entry->head == REPORT_DEBUG_OBJECT;

	return !(report->seen & ~(1ull << SLOT_HEAD | 1ull << SLOT_OOPS)) &&
	       (says_more(entry, report) || (bug && report->code == CODE_UNKNOWN) ||
		(found && report->code == CODE_OF_BUG));
}

static bool is_oops_line(const char *text)
{
	text += strspn(text, " \t");
	return has_prefix(text, "Oops: 0") || has_prefix(text, "Oops: Oops: ") ||
	       has_prefix(text, "Oops [#") || has_prefix(text, "Internal error: ") ||
	       has_prefix(text, "invalid opcode: ") || has_prefix(text, "Oops: invalid opcode: ");
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

static void read_head(struct part_entry *entry, const char *text, enum report_kind kind)
{
	struct report report = {.kind = kind, .cpu = -1, .pid = -1, .by_cpu = -1};

	report_head_read(text, &report);
	entry->slot = SLOT_HEAD;
	entry->head = kind;
	report_progress_begin(&entry->begin, &report);
}

/* False where the reports that are read together end. */
static bool read_entry(const struct log_line *line, const struct words *heads,
		       struct report_progress *reports, size_t count, struct part_entry *entry)
{
	struct report_task_line task;
	enum report_kind kind;
	enum head_how how;

	*entry = (struct part_entry){
		.slot = SLOT_NONE, .head = REPORT_KINDS, .hints = {.cpu = -1, .pid = -1}};
	entry->hints.is_bug = strstr(line->text, "invalid opcode: ") ||
			      strstr(line->text, "Oops - BUG"); /* of arm64 */
	if (is_oops_line(line->text) && awaits_oops(reports, count, &entry->hints)) {
		entry->slot = SLOT_OOPS;
		return true;
	}
	if (line->marks & MARK_HEAD && report_head_find(heads, line, &kind, &how)) {
		if (kind == REPORT_PANIC && strstr(line->text, "Fatal exception"))
			return true;
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

/* Lines so far, as if one report followed the other. */
struct sequence {
	struct report_progress reports[PART_REPORTS];
	size_t count, ends;
	bool mixed; /* some fit an older report better than the newest */
};

static bool stands_alone(enum report_slot slot)
{
	return slot != SLOT_FRAME && slot != SLOT_WORDS && slot != SLOT_DETAIL &&
	       slot != SLOT_FAULT && slot != SLOT_NOTE && slot != SLOT_TITLE;
}

static bool fits_older(const struct sequence *sequence, const struct part_entry *entry)
{
	const struct report_progress *newest = &sequence->reports[sequence->count - 1];
	float own = report_progress_cost(newest, entry->slot, &entry->hints), best = FLT_MAX;

	for (const struct report_progress *older = sequence->reports; older < newest; older++)
		best = MIN(best, report_progress_cost(older, entry->slot, &entry->hints));
	return best + 2 < own && (own >= 5 || stands_alone(entry->slot));
}

/* The newest report takes the line; "Oops: …" the first that waits for it. */
static void take_body(struct sequence *sequence, const struct part_entry *entry)
{
	struct report_progress *newest = &sequence->reports[sequence->count - 1];
	struct report_progress *waits =
		entry->slot == SLOT_OOPS
			? awaits_oops(sequence->reports, sequence->count, &entry->hints)
			: NULL;

	bool elsewhere = waits ? waits != newest : fits_older(sequence, entry);

	sequence->ends += entry->slot == SLOT_END;
	sequence->mixed |= elsewhere;
	if (waits || !elsewhere)
		report_progress_take(waits ? waits : newest, entry->slot, &entry->hints);
}

static bool has_begun(const struct report_progress *report)
{
	return report->seen & (1ull << SLOT_HEADER | 1ull << SLOT_RIP | 1ull << SLOT_TRACE);
}

/* False where a report begins that is not to be read together with those before. */
static bool take_head(struct sequence *sequence, const struct part_entry *entry, bool first)
{
	struct report_progress *newest = &sequence->reports[sequence->count - 1];

	if (report_part_entry_refines(entry, newest)) {
		report_progress_refine(newest, entry->head);
		return true;
	}
	if (sequence->count == PART_REPORTS || sequence->ends >= sequence->count ||
	    (!sequence->mixed && !first && has_begun(newest)))
		return false;
	sequence->reports[sequence->count++] = entry->begin;
	return true;
}

/* Too far from the line before, or said to be of one CPU or task. */
static bool is_behind(const struct log *log, size_t first, size_t line, size_t last)
{
	const struct log_line *at = &log->lines[line], *begin = &log->lines[first];

	return at->caller || line - last > NOBODYS_LINES ||
	       (at->has_time && begin->has_time && at->time_us > begin->time_us + QUIET_US);
}

bool report_part_entries_read(struct part_entries *entries, const struct log *log,
			      const struct words *heads, size_t first)
{
	struct sequence sequence = {.count = entries->open_count};
	size_t last = first;

	memcpy(sequence.reports, entries->open, entries->open_count * sizeof(*entries->open));
	entries->count = 0;
	for (size_t i = first; i < log->count && entries->count < PART_LINES; i++) {
		struct part_entry *entry = &entries->list[entries->count];

		if (is_behind(log, first, i, last) ||
		    !read_entry(&log->lines[i], heads, sequence.reports, sequence.count, entry))
			break;
		if (entry->slot == SLOT_NONE)
			continue;
		if (entry->slot != SLOT_HEAD)
			take_body(&sequence, entry);
		else if (!take_head(&sequence, entry, i == first))
			break;
		entry->line = i;
		entry->apart = i > last + 1;
		last = i;
		entries->count++;
	}
	entries->reports = sequence.count;
	return sequence.mixed;
}
