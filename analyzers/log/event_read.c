/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the events out of a log, line by line: those that reports, machine checks and OOM kills are,
 * and those of event_lines.def. Lines of a report's body are none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "base/words.h"
#include "kernel/printk/log.h"
#include "log/event.h"
#include "log/event_clock.h"
#include "log/event_ghes.h"
#include "log/event_line.h"
#include "log/event_list.h"
#include "log/log_mark.h"
#include "log/mce.h"
#include "log/mce_words.h"
#include "log/oom.h"
#include "log/report.h"
#include "log/report_body.h"
#include "log/report_head.h"

#define DETAIL_LINES 60 /* so near its event a further line stands */

/* Names of reports and events are the same, but for those of which events have fewer. */
static enum event_kind kind_of_report(enum report_kind kind)
{
	static const enum event_kind others[] = {
		[OUTCOME_NOTE] = EVENT_WARNING, [OUTCOME_STUCK] = EVENT_WARNING,
		[OUTCOME_BROKEN] = EVENT_BUG,	[OUTCOME_OOPS] = EVENT_OOPS,
		[OUTCOME_PANIC] = EVENT_PANIC,
	};
	enum event_kind same = event_kind_by_name(report_kind_name(kind));

	return same != EVENT_KINDS ? same : others[report_kind_outcome(kind)];
}

struct reader {
	const struct log *log;
	const struct reports *reports;
	const struct mces *mces;
	const struct ooms *ooms;
	struct words *words, *heads; /* of events, and of reports' first lines */
	struct event_list list;
	struct event_clock clock;
	struct event last; /* details of it may come */
	bool has_last, in_ghes;
	unsigned boot;
	size_t report, oom; /* the next ones */
	size_t body_end;    /* last line of all reports so far */
};

/* --- events ----------------------------------------------------------------------------------- */

static struct err *commit(struct reader *reader)
{
	if (!reader->has_last)
		return NULL;
	reader->has_last = reader->in_ghes = false;
	return event_list_add(&reader->list, &reader->last);
}

/* Errors of PCIe name the port that noticed first, and then the device. */
static const char *main_device(enum event_kind kind, const struct devices *devices)
{
	if (!devices->count)
		return "";
	return devices->names[kind == EVENT_PCIE_ERROR ? devices->count - 1 : 0];
}

static struct err *begin(struct reader *reader, size_t line, enum event_kind kind,
			 enum event_severity severity)
{
	const struct log_line *at = &reader->log->lines[line];

	TRY(commit(reader));
	reader->has_last = true;
	reader->last =
		(struct event){.line = line,
			       .last_line = line,
			       .count = 1,
			       .kind = kind,
			       .severity = severity,
			       .boot = reader->boot,
			       .cpu = at->caller & 1u << 31 ? (int)(at->caller & ~(1u << 31)) : -1};
	return NULL;
}

static void name_devices(struct reader *reader)
{
	struct event *event = &reader->last;

	devices_find(reader->log->lines[event->line].text, &event->devices);
	copy_string(event->device, sizeof(event->device),
		    main_device(event->kind, &event->devices));
}

/* "init[1]: segfault …", "traps: job[12] trap …": the program. */
static void name_program(struct event *event, const char *text)
{
	size_t start = has_prefix(text, "traps: ") ? 7 : 0;
	const char *pid = strstr(text, "]: segfault"), *end;

	pid = pid ? pid : strstr(text, "] ");
	for (end = pid; end && end > text + start && *end != '[';)
		end--;
	if (end)
		copy_part(event->device, sizeof(event->device), text + start,
			  (size_t)(end - text) - start);
}

/* --- what others have read -------------------------------------------------------------------- */

static enum event_severity severity_of_report(const struct report *report)
{
	enum report_outcome outcome = report_kind_outcome(report->kind);

	if (report->kind == REPORT_BACKTRACE || report->kind == REPORT_SYSRQ)
		return EVENT_INFO;
	return outcome == OUTCOME_OOPS || outcome == OUTCOME_PANIC ? EVENT_FATAL : EVENT_ERROR;
}

/* The first line's kind: "list_del corruption" begins what becomes a BUG with its second line. */
static struct err *take_report(struct reader *reader, const struct report *report)
{
	enum report_kind kind;
	enum head_how how;

	reader->body_end = MAX(reader->body_end, report->last);
	if (report->kind == REPORT_OUT_OF_MEMORY)
		return NULL;
	if (!report_head_find(reader->heads, &reader->log->lines[report->first], &kind, &how))
		kind = report->kind;
	TRY(begin(reader, report->first, kind_of_report(kind), severity_of_report(report)));
	if (report->kind != REPORT_SYSRQ)
		name_devices(reader);
	reader->last.cpu = report->cpu;
	reader->last.report = report;
	return NULL;
}

static struct err *take_mce(struct reader *reader, const struct mce *mce)
{
	static const enum event_severity of_mce[] = {
		[MCE_CORRECTED] = EVENT_CORRECTED,
		[MCE_DEFERRED] = EVENT_CORRECTED,
		[MCE_UNCORRECTED] = EVENT_ERROR,
		[MCE_FATAL] = EVENT_FATAL,
	};
	_str_ struct str words = {0};
	const struct report *report = NULL;

	if (reader->has_last && reader->last.line == mce->line)
		report = reader->last.report;
	else
		TRY(begin(reader, mce->line, EVENT_MACHINE_CHECK, EVENT_ERROR));
	reader->last.severity = of_mce[mce->severity];
	reader->last.count = mce->count;
	reader->last.cpu = mce->cpu;
	reader->last.report = report;
	snprintf(reader->last.device, sizeof(reader->last.device), "CPU %d, bank %d", mce->cpu,
		 mce->bank);
	if (mce->detail[0])
		event_add_detail(&reader->last, mce->detail);
	else if (mce->has_status)
		mce_put_code(mce->status, mce->amd, &words);
	if (words.data)
		event_add_detail(&reader->last, words.data);
	return words.failed ? &err_nomem : NULL;
}

/* The kill, where there was one. */
static size_t line_of_oom(const struct oom *oom)
{
	return oom->end == OOM_KILLED ? oom->kill_line : oom->line;
}

static struct err *take_oom(struct reader *reader, const struct oom *oom)
{
	TRY(begin(reader, line_of_oom(oom), EVENT_OUT_OF_MEMORY,
		  oom->end == OOM_PANIC ? EVENT_FATAL : EVENT_ERROR));
	copy_string(reader->last.device, sizeof(reader->last.device), oom->victim.comm);
	return NULL;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* Registers, frames, lists of modules; what a report says in words may be an event as well. */
static bool is_body(const char *text)
{
	enum body_line kind = report_body_kind(text);

	return kind != BODY_NONE && kind != BODY_DETAIL;
}

/* ATA's "res 41/40:… Emask 0x409 (media error) <F>": ata_eh_link_report() has the words in parentheses. */
static void add_detail(struct event *event, const char *text)
{
	char words[sizeof(event->detail)];
	const char *open = event->kind == EVENT_ATA ? strchr(text, '(') : NULL;

	if (open) {
		copy_part(words, sizeof(words), open + 1, strcspn(open + 1, ")"));
		text = words;
	} else if (event->kind == EVENT_ATA && *text >= '0' && *text <= '9') {
		return; /* cut before its words */
	}
	event_add_detail(event, text);
}

static struct err *take_match(struct reader *reader, const struct event_match *match, size_t line)
{
	const char *text = reader->log->lines[line].text;

	if (match->role == EVENT_NOTHING || (line <= reader->body_end && is_body(text)))
		return NULL;
	if (match->role == EVENT_DETAILS) {
		if (reader->has_last && reader->last.kind == match->kind &&
		    line - reader->last.line < DETAIL_LINES)
			add_detail(&reader->last, match->detail);
		return NULL;
	}
	TRY(begin(reader, line, match->kind, match->severity));
	reader->in_ghes = event_ghes_begins(text);
	if (match->kind == EVENT_SEGFAULT)
		name_program(&reader->last, text);
	else if (!reader->in_ghes)
		name_devices(reader);
	return NULL;
}

static struct err *take_clock(struct reader *reader, size_t line)
{
	const struct log_line *at = &reader->log->lines[line];
	const char *wall = at->new_wall ? log_wall(reader->log, line) : reader->clock.wall;
	char note[sizeof(reader->last.note)];

	switch (event_clock_step(&reader->clock, at, wall, note, sizeof(note))) {
	case CLOCK_NEW_BOOT:
		reader->boot++;
		return NULL;
	case CLOCK_JUMPS:
		TRY(begin(reader, line, EVENT_CLOCK, EVENT_INFO));
		copy_string(reader->last.note, sizeof(reader->last.note), note);
		return NULL;
	default:
		return NULL;
	}
}

static struct err *take_line(struct reader *reader, size_t line)
{
	const struct log_line *at = &reader->log->lines[line];
	const struct mce *mce = reader->mces ? mces_at(reader->mces, line) : NULL;
	bool known = mce != NULL;

	TRY(take_clock(reader, line));
	while (reader->reports && reader->report < reader->reports->count &&
	       reader->reports->list[reader->report].first == line) {
		const struct report *report = &reader->reports->list[reader->report++];

		if (report_is_remark(report) ||
		    (report_is_tail(report) && reader->reports->count > 1))
			continue;
		TRY(take_report(reader, report));
		known = true;
	}
	while (reader->ooms && reader->oom < reader->ooms->count &&
	       line_of_oom(&reader->ooms->list[reader->oom]) == line) {
		TRY(take_oom(reader, &reader->ooms->list[reader->oom++]));
		known = true;
	}
	if (mce)
		return take_mce(reader, mce);
	if (known || (reader->in_ghes && line - reader->last.line < DETAIL_LINES &&
		      event_ghes_take(&reader->last, at->text)))
		return NULL;
	if (!log_has_mark(reader->log, line, MARK_EVENT))
		return NULL;
	struct event_match match = event_match_line(reader->words, at);
	return take_match(reader, &match, line);
}

static struct err *read_lines(struct reader *reader)
{
	for (size_t i = 0; i < reader->log->count; i++)
		TRY(take_line(reader, i));
	return commit(reader);
}

static void reader_deinit(struct reader *reader)
{
	words_free(reader->words);
	words_free(reader->heads);
	event_list_deinit(&reader->list);
}

struct err *events_read(const struct log *log, const struct reports *reports,
			const struct mces *mces, const struct ooms *ooms, struct events **ret)
{
	_cleanup_(cleanup_events_free) struct events *events = calloc(1, sizeof(*events));
	_cleanup_(reader_deinit) struct reader reader = {.log = log,
							 .reports = reports,
							 .mces = mces,
							 .ooms = ooms,
							 .list = {.log = log, .events = events}};

	if (!events)
		return &err_nomem;
	TRY(event_words_new(&reader.words));
	TRY(report_heads_new(&reader.heads));
	TRY(read_lines(&reader));
	*ret = take_ptr(events);
	return NULL;
}
