/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of a log's reports is the crash: the first that broke the kernel, or the one panic() is about. */
#include "log/report.h"

#include <string.h>

#include "base/cleanup.h"
#include "log/report_lockup.h"

#define ANY_OOPS REPORT_KINDS /* REPORT_… of no kind: by outcome */
#define ANY_SURVIVED (REPORT_KINDS + 1)

static const struct {
	const char *words;
	int kind;
} panics[] = {
#define KIND(id) REPORT_##id
#define EXCEPTION ANY_OOPS
#define SURVIVED ANY_SURVIVED
#define PANIC_WORDS(words, kind) {words, kind},
#include "log/panics.def"
#undef PANIC_WORDS
};

static bool fits(const struct report *report, int kind)
{
	enum report_outcome outcome = report_kind_outcome(report->kind);

	if (kind == ANY_OOPS)
		return outcome == OUTCOME_OOPS;
	if (kind == ANY_SURVIVED)
		return outcome != OUTCOME_PANIC && report->kind != REPORT_BACKTRACE;
	return (int)report->kind == kind;
}

/* What panic()'s words say that happened before; -1 when they tell nothing else. */
static int kind_of_words(const struct report *panic)
{
	for (size_t i = 0; i < ARRAY_SIZE(panics); i++)
		if (strstr(panic->message, panics[i].words))
			return panics[i].kind;
	return -1;
}

static const struct {
	const char *function;
	enum report_kind kind;
} checks[] = {
#define TRACE_KIND(function, kind) {function, REPORT_##kind},
#include "log/report_traces.def"
#undef TRACE_KIND
};

/* Which check it was whose report is not in the log, by the functions that panic() was called through. */
static enum report_kind kind_of_stack(const struct report *panic)
{
	const struct report_stack *stack = report_own_stack(panic);

	for (size_t i = 0; stack && i < stack->count; i++)
		for (size_t j = 0; j < ARRAY_SIZE(checks); j++)
			if (!stack->frames[i].unreliable &&
			    !strcmp(stack->frames[i].place.symbol, checks[j].function))
				return checks[j].kind;
	return REPORT_WARN;
}

#define PRINTER_FRAMES 6 /* of dump_stack() and who called it, at a trace's beginning */

enum report_kind report_kind_by_trace(const struct report *report)
{
	const struct report_stack *stack = report_own_stack(report);
	size_t count = stack ? MIN(stack->count, (size_t)PRINTER_FRAMES) : 0;
	bool registers = report->rip.symbol[0] || report->regs.known, dumped = false;

	for (size_t i = 0; i < count; i++) {
		const char *symbol = stack->frames[i].place.symbol;

		for (size_t j = 0; j < ARRAY_SIZE(checks); j++)
			if (!strncmp(symbol, checks[j].function, strcspn(symbol, ".")) &&
			    !checks[j].function[strcspn(symbol, ".")] &&
			    (!registers || checks[j].kind == REPORT_WARN))
				return checks[j].kind;
		dumped |= !strncmp(symbol, "dump_stack", 10) || !strcmp(symbol, "show_stack");
	}
	return dumped && !registers ? REPORT_WARN : REPORT_OOPS;
}

enum report_kind report_crash_kind(const struct report *report)
{
	int kind = report->kind == REPORT_PANIC ? kind_of_words(report) : -1;

	return kind == ANY_SURVIVED		  ? kind_of_stack(report)
	       : kind >= 0 && kind < REPORT_KINDS ? (enum report_kind)kind
						  : report->kind;
}

#define ROUND_LINES 400 /* between hung tasks that khungtaskd found in one round */

/* Is the earlier report what led to the later one? Each oops is; of hung tasks those of the same round. */
static bool leads(const struct report *earlier, const struct report *later)
{
	return later->kind != REPORT_HUNG_TASK || later->first - earlier->first < ROUND_LINES;
}

/* Whose panic it is, of reports that tasks on several CPUs printed at once. */
static bool same_task(const struct report *a, const struct report *b)
{
	return a->pid >= 0 && a->pid == b->pid && a->cpu == b->cpu;
}

/* Of reports near before a panic that it may be about rather the panicking task's own: others print theirs, too. */
static const struct report *own_before(const struct reports *reports, size_t panic, int kind,
				       const struct report *nearest)
{
	for (size_t i = panic; i-- > 0 && reports->list[i].first + ROUND_LINES > nearest->first;)
		if (fits(&reports->list[i], kind) &&
		    same_task(&reports->list[i], &reports->list[panic]))
			return &reports->list[i];
	return nearest;
}

/* What the panic is about: the report nearest before it, but of oopses the first, which led to the rest. */
static const struct report *before_panic(const struct reports *reports, size_t panic)
{
	const struct report *words = &reports->list[panic], *found = NULL;
	int kind = kind_of_words(words);

	if (kind == REPORT_SYSRQ)
		return words;
	for (size_t i = panic; kind >= 0 && i-- > 0;)
		if (fits(&reports->list[i], kind) && (!found || leads(&reports->list[i], found))) {
			found = &reports->list[i];
			if (kind != ANY_OOPS && kind != REPORT_HUNG_TASK)
				break;
		}
	/* A CPU that finds itself locked up panics itself. */
	if (found && (kind == ANY_SURVIVED || kind == REPORT_SOFT_LOCKUP))
		return own_before(reports, panic, kind, found);
	return found ? found : words;
}

/* Without its first lines, a trace that dump_stack() printed may be of any check; an oops shows registers. */
static bool is_mere_trace(const struct report *report)
{
	const struct report_stack *stack = report_own_stack(report);

	return report->kind == REPORT_OOPS && report->cut_front && !report->rip.symbol[0] &&
	       !report->regs.known && !report->other_count &&
	       (!stack || !strncmp(stack->frames[0].place.symbol, "dump_stack", 10));
}

/* Lockdep over the console's own locks: who printed another report with a lock held brought it about. */
static bool is_of_printing(const struct report *report)
{
	return report->kind == REPORT_LOCKDEP && (strstr(report->wanted.name, "console_owner") ||
						  strstr(report->wanted.name, "console_sem") ||
						  !strcmp(report->wanted.name, "&port_lock_key"));
}

/* How much a report says that the kernel lived through; 0: nothing of a crash. */
static unsigned weight(const struct report *report)
{
	if (report_is_remark(report))
		return 0;
	if (report_is_tail(report) && !is_mere_trace(report))
		return 1;
	if (is_of_printing(report))
		return 1;
	if (is_mere_trace(report))
		return 2;
	switch (report_kind_outcome(report->kind)) {
	case OUTCOME_BROKEN:
	case OUTCOME_STUCK:
		return 4;
	default:
		return report->kind == REPORT_BACKTRACE ? 0
		       : report->kind == REPORT_WARN || report->kind == REPORT_ALLOCATION_FAILURE ||
				       report->kind == REPORT_IRQ_NOBODY
			       ? 2
			       : 3;
	}
}

#define LOCKUP_LINES 2000 /* lockups that are one: a CPU's report is hardly longer than 100 lines */

static bool is_lockup(const struct report *report)
{
	return report->kind == REPORT_SOFT_LOCKUP || report->kind == REPORT_HARD_LOCKUP;
}

static bool is_victim(const struct report *report)
{
	return report_waits_for_cpu(report) || report_spins_for(report);
}

/* Of CPUs that are stuck at once, the one that waits for no other. */
static const struct report *behind_victims(const struct reports *reports,
					   const struct report *lockup)
{
	const struct report *end = reports->list + reports->count;

	if (!is_lockup(lockup) || !is_victim(lockup))
		return lockup;
	for (const struct report *other = lockup + 1;
	     other < end && other->first < lockup->last + LOCKUP_LINES; other++)
		if (is_lockup(other) && other->cpu != lockup->cpu && other->rip.symbol[0] &&
		    !is_victim(other))
			return other;
	return lockup;
}

#define SANITIZER_LINES 400

/* What ends behind the crash's first line was printed by another task at once: it is no panic's reason. */
static bool is_near(const struct report *report, const struct report *crash)
{
	if (report->last >= crash->first)
		return report_kind_outcome(crash->kind) != OUTCOME_PANIC;
	return crash->first - report->last < SANITIZER_LINES;
}

/* What a sanitizer found just before is where it began: the object was freed, written beyond, never set. */
static const struct report *behind_sanitizer(const struct reports *reports,
					     const struct report *crash)
{
	for (const struct report *report = crash; report && report-- > reports->list;)
		if (is_near(report, crash) && report_kind_by_sanitizer(report->kind))
			crash = report;
	return crash;
}

/* A panic with words of its own says more than a report before it of which nobody knows what it was. */
static bool says_more(const struct reports *reports, size_t panic, const struct report *oops)
{
	return oops->kind == REPORT_OOPS && oops->cut_front &&
	       before_panic(reports, panic) == &reports->list[panic];
}

static const struct report *crash_of(const struct reports *reports)
{
	const struct report *best = NULL, *oops = NULL, *request = NULL;

	for (size_t i = 0; i < reports->count; i++) {
		const struct report *report = &reports->list[i];
		enum report_outcome outcome = report_kind_outcome(report->kind);

		/* What follows a request says more of it. */
		if (report->kind == REPORT_SYSRQ)
			request = report;
		else if (outcome == OUTCOME_PANIC)
			return oops && report_crash_kind(report) != REPORT_SYSRQ &&
					       !says_more(reports, i, oops)
				       ? oops
				       : before_panic(reports, i);
		if (outcome == OUTCOME_OOPS && !oops && !report_is_tail(report))
			oops = report;
		if (!best || weight(report) > weight(best))
			best = report;
	}
	if (oops || request)
		return oops ? oops : request;
	return best && weight(best) ? behind_victims(reports, best) : NULL;
}

const struct report *reports_crash(const struct reports *reports)
{
	return behind_sanitizer(reports, crash_of(reports));
}

const struct report *reports_panic_over(const struct reports *reports, const struct report *crash)
{
	for (const struct report *report = crash + 1; report < reports->list + reports->count;
	     report++)
		if (report_kind_outcome(report->kind) == OUTCOME_PANIC)
			return report_crash_kind(report) == crash->kind ? report : NULL;
	return NULL;
}
