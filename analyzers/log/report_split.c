/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Splits a log into reports. A line that announces a report opens one; lines of a report's body go to
 * the open report that waits for such a line: of several open at once, printed by several CPUs between
 * each other's lines, to the one with the same caller, else as report_part.h shares them out.
 */
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "base/words.h"
#include "log/log_mark.h"
#include "log/report.h"
#include "log/report_body.h"
#include "log/report_detail.h"
#include "log/report_kind_lines.h"
#include "log/report_lockdep.h"
#include "log/report_show.h"
#include "log/report_head.h"
#include "log/report_headless.h"
#include "log/report_panic.h"
#include "log/report_part.h"
#include "log/report_shown.h"
#include "log/report_task_line.h"
#include "log/report_victim.h"

#define OPEN_MAX 8	 /* reports at once */
#define FOREIGN_LINES 40 /* so many lines of nobody end a report */
#define FOREIGN_MAX                                                                                \
	400 /* but no fewer than these, where they came all at once: a machine that boots */
#define AT_ONCE_US 1000000u
#define NEAR_US 20000u	   /* between lines that one caller printed one behind the other */
#define QUIET_US 30000000u /* and so much time without a line of its own */

struct open_report {
	struct report_reader reader;
	struct report report;
	struct report_progress progress;
	unsigned announced; /* lines that announce it, but the first */
	uint32_t caller;
	size_t touched; /* line that last went to it */
	uint64_t touched_us;
};

struct splitter {
	const struct log *log;
	struct words *heads;
	struct reports *reports;
	struct open_report slots[OPEN_MAX],
		*open[OPEN_MAX]; /* the first count of them, oldest first */
	size_t count;
	struct report_part part;
	size_t kept[OUTCOME_PANIC + 1]; /* of reports->list, by outcome */
	size_t last_kept;		/* index there, of the last that was closed */
	size_t user_code; /* line up to which a "Code:" may be of a user process' crash; 0 none */
};

/* --- what is shown ---------------------------------------------------------------------------- */

#define VICTIM_LINES 2000 /* a report is at most so far from the trace of who it is about */

/* The trace of a CPU or task goes to the report printed before it that waits for one, if any. */
static struct err *give_victim(struct splitter *splitter, struct report *shown)
{
	struct reports *reports = splitter->reports;
	struct report *report = NULL;

	for (size_t i = splitter->count; i-- > 0 && !report;)
		if (report_awaits(&splitter->open[i]->report, shown))
			report = &splitter->open[i]->report;
	if (!report && reports->count && report_awaits(&reports->list[splitter->last_kept], shown))
		report = &reports->list[splitter->last_kept];
	for (size_t i = reports->count; i-- > 0 && !report;) {
		if (reports->list[i].last + VICTIM_LINES < shown->first)
			break;
		if (report_awaits(&reports->list[i], shown))
			report = &reports->list[i];
	}
	return report ? report_take_victim(report, shown) : NULL;
}

static bool shows(const struct report *report)
{
	return report_kind_outcome(report->kind) == OUTCOME_STUCK ||
	       report->kind == REPORT_BACKTRACE;
}

/* --- reports ---------------------------------------------------------------------------------- */

/* Where a full list gives way to what is worse: the last of the least; NULL when all are as bad. */
static struct report *least_kept(struct splitter *splitter, enum report_outcome outcome)
{
	struct reports *reports = splitter->reports;
	enum report_outcome least = OUTCOME_NOTE;
	size_t i = reports->count;

	while (least < outcome && !splitter->kept[least])
		least++;
	if (least == outcome)
		return NULL;
	while (i-- > 1 && report_kind_outcome(reports->list[i].kind) != least)
		;
	splitter->kept[least]--;
	report_deinit(&reports->list[i]);
	return &reports->list[i];
}

static struct err *add_kept(struct splitter *splitter, struct report *report)
{
	struct reports *reports = splitter->reports;
	enum report_outcome outcome = report_kind_outcome(report->kind);
	bool full = reports->count >= REPORTS_KEPT_MAX;

	if (!full && !array_grow(reports->list, reports->count)) {
		report_deinit(report);
		return &err_nomem;
	}
	struct report *to = full ? least_kept(splitter, outcome) : &reports->list[reports->count++];
	if (!to) {
		report_deinit(report);
		return NULL;
	}
	*to = *report;
	splitter->kept[outcome]++;
	splitter->last_kept = (size_t)(to - reports->list);
	return NULL;
}

static struct err *keep(struct splitter *splitter, struct report *report)
{
	struct reports *reports = splitter->reports;

	report_trim_noticer(report);
	if (shows(report))
		report_show(report, reports->shown);
	reports->counts[report->kind]++;
	if (report->kind != REPORT_BACKTRACE)
		return add_kept(splitter, report);
	struct err *err = give_victim(splitter, report);

	report_deinit(report);
	return err;
}

/* The log's end is none of the report's. */
static void mark_cut(const struct splitter *splitter, struct report *report)
{
	report->cut_end = !report->ended && report->last + 1 >= splitter->log->count &&
			  report_kind_outcome(report->kind) == OUTCOME_OOPS;
	/* Without the line that says so, CR2 is the address, if it was a page fault at all. */
	if (report->cut_front && report_kind_outcome(report->kind) == OUTCOME_OOPS &&
	    regs_known(&report->regs, REG_CR2) && !report->has_address) {
		report->has_address = true;
		report->address = report->regs.value[REG_CR2];
	}
}

/*
 * A jump to what is no code: the word on top of the stack is where the call came from, which the
 * unwinder, starting at such an address, cannot vouch for ("?").
 */
static void trust_caller(struct report *report)
{
	struct report_stack *stack = report_own_stack(report);

	if (report_kind_outcome(report->kind) == OUTCOME_OOPS && stack && stack->count &&
	    regs_known(&report->regs, REG_RIP) && !report->rip.symbol[0])
		stack->frames[0].unreliable = false;
}

static struct err *close_report(struct splitter *splitter, size_t i)
{
	struct open_report *open = splitter->open[i];
	struct report *report = &open->report;

	if (report->cut_front && report->kind == REPORT_OOPS)
		report_headless_finish(splitter->log, report);
	trust_caller(report);
	if (report->kind == REPORT_LOCKDEP || report->kind == REPORT_BAD_UNLOCK)
		report_lockdep_finish(report);
	report_trim_machinery(report);
	mark_cut(splitter, report);

	splitter->count--;
	memmove(&splitter->open[i], &splitter->open[i + 1],
		(splitter->count - i) * sizeof(splitter->open[0]));
	splitter->open[splitter->count] = open;
	if (report_headless_is_empty(report)) {
		report_deinit(report);
		return NULL;
	}
	return keep(splitter, report);
}

/* Has nothing more of the report been said for long enough? */
static bool is_quiet(const struct open_report *open, const struct log_line *now, size_t line)
{
	bool timed = now->has_time && open->touched_us;
	uint64_t since =
		timed && now->time_us > open->touched_us ? now->time_us - open->touched_us : 0;

	return line - open->touched > (timed && since < AT_ONCE_US ? FOREIGN_MAX : FOREIGN_LINES) ||
	       since > QUIET_US;
}

static struct err *close_quiet(struct splitter *splitter, size_t line)
{
	for (size_t i = splitter->count; i-- > 0;)
		if (is_quiet(splitter->open[i], &splitter->log->lines[line], line))
			TRY(close_report(splitter, i));
	return NULL;
}

#define STREAM 0x40000000u /* in place of a caller: not a CPU, and beyond all pids */

/* Who printed the line, as far as it or the lines around it tell; 0 unknown. */
static uint32_t caller_of(const struct splitter *splitter, size_t line)
{
	uint32_t caller = splitter->log->lines[line].caller;
	uint8_t stream = caller ? 0 : report_part_at(&splitter->part, line).stream;

	return stream ? STREAM | stream : caller;
}

static void touch(struct splitter *splitter, struct open_report *open, size_t line)
{
	open->touched = line;
	open->touched_us =
		splitter->log->lines[line].has_time ? splitter->log->lines[line].time_us : 0;
	open->report.last = line;
}

#define MESSAGE_LINES 3 /* of a WARN(condition, message, …), in front of "WARNING:" */

static bool is_scissors(const struct splitter *splitter, size_t line)
{
	const char *text = splitter->log->lines[line].text;

	return text[strspn(text, " \t")] == '-' && strstr(text, "[ cut here ]");
}

/* What a WARN() says stands between "[ cut here ]" and its own line. */
static void take_message(const struct splitter *splitter, size_t line, struct report *report)
{
	size_t first = line;

	while (first && line - first <= MESSAGE_LINES && !is_scissors(splitter, first - 1))
		first--;
	if (!first || line - first > MESSAGE_LINES)
		return;
	for (; first < line && report->detail_count < REPORT_DETAILS_MAX; first++)
		if (splitter->log->lines[first].caller == splitter->log->lines[line].caller)
			report->details[report->detail_count++] = first;
}

#define BEGIN_LINES 8

/* "[ cut here ]" of the same caller, where others print between; else the line that announces it. */
static size_t begin_of(const struct splitter *splitter, size_t line, enum report_kind kind)
{
	uint32_t caller = caller_of(splitter, line);

	for (size_t i = line; (kind == REPORT_BUG || kind == REPORT_WARN) && i-- > 0;) {
		if (line - i > BEGIN_LINES)
			break;
		if (splitter->log->lines[i].caller ==
			    (caller < STREAM || caller >> 31 ? caller : 0) &&
		    is_scissors(splitter, i))
			return i;
	}
	return line;
}

#define ANNOUNCED_LINES 4 /* in front of "[ cut here ]", with other people's between */

/* What a check says before it calls BUG(). */
static void take_announcement(const struct splitter *splitter, size_t begin, struct report *report)
{
	const struct log_line *lines = splitter->log->lines;

	for (size_t i = begin; i-- > 0 && begin - i <= ANNOUNCED_LINES;) {
		if (lines[i].caller != lines[begin].caller ||
		    !report_detail_announces(lines[i].text))
			continue;
		report_detail_read(lines[i].text, i, report);
		return;
	}
}

static struct err *open_new(struct splitter *splitter, size_t line, enum report_kind kind)
{
	if (splitter->count == OPEN_MAX)
		TRY(close_report(splitter, 0));
	struct open_report *open = splitter->open[splitter->count++];

	*open = (struct open_report){
		.caller = caller_of(splitter, line),
		.report = {.kind = kind,
			   .first = line,
			   .cpu = -1,
			   .pid = -1,
			   .tgid = -1,
			   .by_cpu = -1,
			   .stall = {.starved_cpu = -1},
			   .modules_line = SIZE_MAX},
	};
	open->reader.report = &open->report;
	report_head_read(splitter->log->lines[line].text, &open->report);
	if (kind == REPORT_WARN)
		take_message(splitter, line, &open->report);
	if (has_prefix(splitter->log->lines[line].text, "KASAN: ")) /* alone, of a fault */
		report_detail_read(splitter->log->lines[line].text, line, &open->report);
	report_progress_begin(&open->progress, &open->report);
	open->report.begin = begin_of(splitter, line, kind);
	if (kind == REPORT_BUG)
		take_announcement(splitter, open->report.begin, &open->report);
	touch(splitter, open, line);
	return NULL;
}

/* --- whose a line is -------------------------------------------------------------------------- */

/* Lines that a report has once. */
#define ONCE (1u << BODY_HEADER | 1u << BODY_MACHINE | 1u << BODY_TRACE | 1u << BODY_CODE)

static struct open_report *owner_of(struct splitter *splitter, size_t line, enum body_line kind)
{
	uint32_t caller = caller_of(splitter, line);
	struct open_report *best = NULL;

	for (size_t i = 0; i < splitter->count; i++) {
		struct open_report *open = splitter->open[i];

		if (caller && open->caller && caller != open->caller)
			continue;
		if (!best) {
			best = open;
			continue;
		}
		bool has = open->reader.seen >> kind & 1, best_has = best->reader.seen >> kind & 1;

		if (1u << kind & ONCE && has != best_has) {
			/* Back to one that is not the newest: then they are printed at once. */
			if (!caller && best_has == (best->touched > open->touched))
				best->report.mixed = open->report.mixed = true;
			best = has ? best : open;
			continue;
		}
		best = open->touched > best->touched ? open : best;
	}
	return best;
}

#define JOIN_LINES 4 /* "[ cut here ]", and another CPU's lines */
#define ANNOUNCED_MAX                                                                              \
	16 /* lines; of more, a driver's remarks without end, a report grows no more exact */

/* "general protection fault: 0000 [#1]" behind a page fault, whose own such line is "Oops: 0000 [#1]": another CPU's. */
static bool is_other_trap(const struct open_report *open, enum report_kind kind, const char *text)
{
	return (open->report.kind == REPORT_PAGE_FAULT ||
		open->report.kind == REPORT_NULL_DEREFERENCE) &&
	       kind != REPORT_TRAP && kind != open->report.kind &&
	       report_kind_outcome(kind) == OUTCOME_OOPS && strstr(text, " [#");
}

/* An announcement that belongs to the report it stands in: "Oops: 0002 [#1]" behind "BUG: …". */
static bool joins(const struct open_report *open, enum report_kind kind, enum head_how how,
		  size_t line)
{
	uint32_t deep = 1u << BODY_REGS | 1u << BODY_TRACE | 1u << BODY_FRAME;

	/* The OOM killer's trace stands before what it says of memory, and of whom it kills. */
	if (open && kind == REPORT_OUT_OF_MEMORY && open->report.kind == kind && how == HEAD_JOINS)
		return true;
	if (!open || open->reader.seen & deep)
		return false;
	if (how == HEAD_JOINS || how == HEAD_GOES_ON)
		return true;
	/*
	 * "list_del corruption …" stands before "kernel BUG at", "ODEBUG: …" and "BUG: Dentry … still in use"
	 * before "WARNING: …". Two warnings that each say where they are, are two; a sanitizer says all itself.
	 */
	bool placed = open->report.kind == REPORT_WARN &&
		      (open->report.file[0] || open->report.rip.symbol[0]);
	if (report_kind_outcome(open->report.kind) == OUTCOME_STUCK)
		return false; /* it was met while the stall was printed */
	return (kind == REPORT_BUG || kind == REPORT_WARN) && (kind == REPORT_BUG || !placed) &&
	       !report_kind_by_sanitizer(open->report.kind) && line <= open->touched + JOIN_LINES;
}

/*
 * Of a log's beginning, in which a report may go on that began before. Somebody may also have pasted
 * the end of one into a text of his own.
 */
#define CUT_LINES 3

#define AFTER_REPORT 100 /* lines: newer kernels repeat an oops's registers behind its end */

/* "RIP: 0010:f+0x12/0x30", "RIP: 0010:[<ffff…>]": of the kernel's own code. */
static bool is_kernel_rip(const char *text)
{
	while (*text == ' ')
		text++;
	return has_prefix(text, "RIP: 0010:");
}

static bool is_far(const struct splitter *splitter, size_t line)
{
	const struct reports *reports = splitter->reports;

	return !splitter->count &&
	       (!reports->count || reports->list[splitter->last_kept].last + AFTER_REPORT < line);
}

/* What stands in reports alone: "CPU: 1 PID: 5 Comm: sh …", "Call Trace:", "<IRQ>", the kernel's "RIP:". */
static bool is_of_report(const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	if (*text == 'C')
		return has_prefix(text, "Call Trace:") || has_prefix(text, "Call trace:") ||
		       (has_prefix(text, "CPU: ") && strstr(text, " PID: ") &&
			strstr(text, " Comm: "));
	if (*text == '<')
		return has_prefix(text, "<IRQ>") || has_prefix(text, "<TASK>") ||
		       has_prefix(text, "<NMI>");
	return *text == 'R' && is_kernel_rip(text);
}

/* A line of a report whose first lines are not there. */
static bool begins_within(const struct splitter *splitter, size_t line, enum body_line body)
{
	const char *text = splitter->log->lines[line].text;

	if (is_of_report(text) && is_far(splitter, line))
		return true;
	if (body == BODY_HEADER)
		return !line && (has_prefix(text, "Pid: ") || strstr(text, " PID: "));
	return line < CUT_LINES && !splitter->count && !splitter->reports->count &&
	       (body == BODY_RIP || body == BODY_REGS || body == BODY_CODE || body == BODY_FRAME);
}

/* "Kernel panic - not syncing: Fatal exception" is the last line of the oops before it, no report. */
static bool ends_oops(struct splitter *splitter, size_t line, enum report_kind kind)
{
	struct reports *reports = splitter->reports;
	struct report *last = splitter->count  ? &splitter->open[splitter->count - 1]->report
			      : reports->count ? &reports->list[reports->count - 1]
					       : NULL;

	if (kind != REPORT_PANIC || !last ||
	    (report_kind_outcome(last->kind) != OUTCOME_OOPS && last->kind != REPORT_SYSRQ) ||
	    !strstr(splitter->log->lines[line].text, "Fatal exception"))
		return false;
	last->last = line;
	last->ended = true;
	return true;
}

#define USER_CODE_LINES 3 /* "Code:" follows a user process' crash so soon */

/* A line about a user process that crashed, or its code: of no report. See segfault.h. */
static bool is_of_user(struct splitter *splitter, size_t line)
{
	const char *text = splitter->log->lines[line].text;

	if (log_has_mark(splitter->log, line, MARK_SEGFAULT) &&
	    (strstr(text, ": segfault at ") ||
	     (has_prefix(text, "traps: ") && strstr(text, " ip:")))) {
		splitter->user_code = line + USER_CODE_LINES;
		return true;
	}
	if (line > splitter->user_code || report_body_kind(text) != BODY_CODE)
		return false;
	splitter->user_code = 0;
	return true;
}

/* A task's line belongs to the report that has named it, or "Task dump for CPU" before it; else it opens one. */
static struct err *take_task_line(struct splitter *splitter, size_t line,
				  const struct report_task_line *task)
{
	struct open_report *open = owner_of(splitter, line, BODY_FAULT);
	struct report *report = open ? &open->report : NULL;
	bool named = report && report->kind == REPORT_HUNG_TASK &&
		     (report->pid == task->pid || report->pid < 0);
	bool dumped = report && report->kind == REPORT_BACKTRACE && report->pid < 0;

	if ((!named && !dumped) || open->reader.seen & 1u << BODY_TRACE) {
		TRY(open_new(splitter, line, REPORT_BACKTRACE));
		open = splitter->open[splitter->count - 1];
		report = &open->report;
	}
	report->pid = task->pid;
	report->tgid = task->tgid;
	report->state = task->state;
	copy_string(report->comm, sizeof(report->comm), task->comm);
	touch(splitter, open, line);
	return NULL;
}

/* "Oops: 0002 [#1] SMP" stands behind the line that says which access failed: that one is lost. */
static bool lacks_first_line(const struct splitter *splitter, size_t line)
{
	const char *text = splitter->log->lines[line].text;

	text += strspn(text, " \t");
	return splitter->count == 1 && has_prefix(text, "Oops: ") &&
	       strspn(text + 6, "0123456789abcdef") == 4;
}

/* Of all faults x86 gives the page fault alone no name in that line. */
static struct err *take_nameless(struct splitter *splitter, size_t line)
{
	struct open_report *open = splitter->open[0];

	open->report.kind = REPORT_PAGE_FAULT;
	open->report.cut_front = true;
	return report_body_take(&open->reader, splitter->log->lines[line].text, line, BODY_FAULT);
}

/* --- a panic in the midst of a report ---------------------------------------------------------- */

/* A report that a panic comes into has said all it says itself. */
static struct err *close_bare(struct splitter *splitter, size_t line)
{
	for (size_t i = splitter->count; i-- > 0;) {
		const struct open_report *open = splitter->open[i];

		if (open->caller == caller_of(splitter, line) && report_is_bare(&open->report) &&
		    line - open->touched <= REPORT_PANIC_LINES)
			TRY(close_report(splitter, i));
	}
	return NULL;
}

/* --- several CPUs at once ---------------------------------------------------------------------- */

/* Another report begins while some are open: whose are the lines from here on? */
static struct err *part_lines(struct splitter *splitter, size_t line)
{
	struct report_progress progress[PART_REPORTS];
	struct open_report *open[PART_REPORTS];
	size_t count = 0;

	if (caller_of(splitter, line))
		return NULL;
	for (size_t i = 0; i < splitter->count && count + 1 < PART_REPORTS; i++) {
		open[count] = splitter->open[i];
		if (open[count]->caller || open[count]->report.kind == REPORT_BACKTRACE)
			continue;
		progress[count] = open[count]->progress;
		count++;
	}
	if (!count)
		return NULL;
	TRY(report_part_find(&splitter->part, splitter->log, splitter->heads, line, progress,
			     count));
	for (size_t i = 0; i < count && splitter->part.first == line && splitter->part.lines; i++)
		open[i]->caller = STREAM | (uint32_t)(i + 1);
	return NULL;
}

static void note_progress(struct open_report *open, const char *text, enum body_line body)
{
	enum report_slot slot = report_slot_of(text, body);
	struct report_hints hints;

	if (slot == SLOT_NONE)
		return;
	report_slot_hints(text, slot, &hints);
	report_progress_take(&open->progress, slot, &hints);
}

/* What may as well be another report's is left out. */
static bool is_doubtful(struct open_report *open, size_t line, const struct report_part *part)
{
	enum part_doubt doubt = report_part_at(part, line).doubt;

	open->report.mixed |= doubt != PART_SURE;
	return doubt == PART_DOUBTFUL;
}

/* Behind many remarks: a line that says where it is, is not one more of them. */
static bool is_beyond(const struct open_report *open, const char *text)
{
	return open->announced == ANNOUNCED_MAX && strstr(text, " at ");
}

static struct err *take_head(struct splitter *splitter, size_t line, enum report_kind kind,
			     enum head_how how)
{
	const char *text = splitter->log->lines[line].text;

	TRY(part_lines(splitter, line));
	struct open_report *open = owner_of(splitter, line, BODY_FAULT);

	if (ends_oops(splitter, line, kind))
		return NULL;
	if (kind == REPORT_PANIC) {
		TRY(close_bare(splitter, line));
		return open_new(splitter, line, kind);
	}
	if (!joins(open, kind, how, line) || is_beyond(open, text) ||
	    is_other_trap(open, kind, text)) {
		TRY(open_new(splitter, line, kind));
		return lacks_first_line(splitter, line) ? take_nameless(splitter, line) : NULL;
	}
	touch(splitter, open, line);
	if (open->announced == ANNOUNCED_MAX)
		return NULL;
	open->announced++;
	report_head_refine(&open->report, kind, text);
	if (has_prefix(text, "KASAN: "))
		report_detail_read(text, line, &open->report);
	report_progress_refine(&open->progress, kind);
	return report_body_take(&open->reader, text, line, BODY_FAULT);
}

/* Lines that one kind of report alone has. */
static bool take_kind_line(struct splitter *splitter, size_t line)
{
	uint32_t caller = caller_of(splitter, line);

	for (size_t i = splitter->count; i-- > 0;) {
		struct open_report *open = splitter->open[i];

		if (caller && open->caller && caller != open->caller)
			continue;
		if (report_kind_line_take(&open->reader, splitter->log->lines[line].text)) {
			touch(splitter, open, line);
			return true;
		}
	}
	return false;
}

/* A lock in the list of those that a task holds may be what lockdep reports. */
static void take_held_line(struct splitter *splitter, size_t line)
{
	struct open_report *open = owner_of(splitter, line, BODY_FAULT);

	if (open && open->report.kind == REPORT_LOCKDEP &&
	    report_lockdep_take_held(&open->reader, splitter->log->lines[line].text))
		touch(splitter, open, line);
}

static size_t place_of(const struct splitter *splitter, const struct open_report *open)
{
	size_t i = 0;

	while (splitter->open[i] != open)
		i++;
	return i;
}

/* A report without its first lines; the line right before a trace of dump_stack() says why it was printed. */
static struct err *open_headless(struct splitter *splitter, size_t line)
{
	const struct log_line *lines = splitter->log->lines;

	TRY(open_new(splitter, line, REPORT_OOPS));
	struct report *report = &splitter->open[0]->report;

	report->message[0] = '\0';
	report->cut_front = true;
	if (line && lines[line].has_time && lines[line - 1].has_time &&
	    lines[line].time_us - lines[line - 1].time_us < NEAR_US &&
	    !is_scissors(splitter, line - 1) && report_body_kind(lines[line - 1].text) == BODY_NONE)
		report->before = line;
	return NULL;
}

static struct err *take_body(struct splitter *splitter, size_t line, enum body_line body)
{
	const char *text = splitter->log->lines[line].text;

	if (begins_within(splitter, line, body))
		TRY(open_headless(splitter, line));
	struct open_report *open = owner_of(splitter, line, body);
	if (!open)
		return NULL;
	touch(splitter, open, line);
	note_progress(open, text, body);
	if (body != BODY_TRACE && body != BODY_END && is_doubtful(open, line, &splitter->part))
		return NULL;
	TRY(report_body_take(&open->reader, text, line, body));
	/* Kernels repeat an oops's registers behind its end: the only ones there are where its head is lost. */
	bool lacks_place = open->report.cut_front && !open->report.rip.symbol[0];

	return body == BODY_END && !lacks_place ? close_report(splitter, place_of(splitter, open))
						: NULL;
}

/* Most lines of a log are far from any report: what they could be in one need not be asked. */
static bool may_be_body(const struct splitter *splitter, size_t line)
{
	return splitter->count || line < CUT_LINES || is_of_report(splitter->log->lines[line].text);
}

static bool may_be_shown(const struct splitter *splitter, size_t line)
{
	const char *text = splitter->log->lines[line].text;

	while (*text == ' ' || *text == '\t')
		text++;
	return *text == '#' || log_has_mark(splitter->log, line, MARK_OWNER);
}

static struct err *take_line(struct splitter *splitter, size_t line)
{
	const char *text = splitter->log->lines[line].text;
	struct report_task_line task;
	enum report_kind kind;
	enum head_how how;

	TRY(close_quiet(splitter, line));
	if (is_of_user(splitter, line))
		return NULL;
	if (may_be_shown(splitter, line) && shown_take_line(splitter->reports->shown, text, line)) {
		take_held_line(splitter, line);
		return NULL;
	}
	if (log_has_mark(splitter->log, line, MARK_HEAD) &&
	    report_head_find(splitter->heads, &splitter->log->lines[line], &kind, &how))
		return take_head(splitter, line, kind, how);
	if (report_task_line_read(text, &task))
		return take_task_line(splitter, line, &task);
	if (!may_be_body(splitter, line))
		return NULL;
	enum body_line body = report_body_kind(text);

	if ((body == BODY_NONE || body == BODY_FRAME || body == BODY_TITLE ||
	     body == BODY_DETAIL) &&
	    take_kind_line(splitter, line))
		return NULL;
	return body == BODY_NONE ? NULL : take_body(splitter, line, body);
}

static int by_begin(const void *a, const void *b)
{
	const struct report *left = a, *right = b;

	return left->begin < right->begin ? -1 : left->begin > right->begin;
}

static struct err *read_lines(struct splitter *splitter)
{
	for (size_t i = 0; i < splitter->log->count; i++)
		TRY(take_line(splitter, i));
	while (splitter->count)
		TRY(close_report(splitter, 0));
	return NULL;
}

static void splitter_deinit(struct splitter *splitter)
{
	for (size_t i = 0; i < splitter->count; i++)
		report_deinit(&splitter->open[i]->report);
	report_part_deinit(&splitter->part);
	words_free(splitter->heads);
}

struct err *reports_read(const struct log *log, struct reports **ret)
{
	_cleanup_(cleanup_reports_free) struct reports *reports = calloc(1, sizeof(*reports));
	_cleanup_(splitter_deinit) struct splitter splitter = {
		.log = log, .reports = reports, .part = {.first = 1}};

	if (!reports || !(reports->shown = calloc(1, sizeof(*reports->shown))))
		return &err_nomem;
	for (size_t i = 0; i < OPEN_MAX; i++)
		splitter.open[i] = &splitter.slots[i];
	TRY(report_heads_new(&splitter.heads));
	TRY(read_lines(&splitter));
	shown_finish(reports->shown);
	if (reports->count)
		qsort(reports->list, reports->count, sizeof(reports->list[0]), by_begin);
	reports_join_panics(reports);
	*ret = take_ptr(reports);
	return NULL;
}
