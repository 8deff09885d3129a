/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks back from what went wrong for what explains it, and for what explains that. Events are held
 * against first_causes.def; devices, tasks, modules and stacks say which belong together.
 */
#include "log/first_cause.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "log/log_time.h"
#include "log/report.h"

#define LOOKED_AT 400	      /* events before the crash */
#define NEAR_CONFIDENCE 0.7   /* of an explanation that only time speaks for */
#define LEAST_CONFIDENCE 0.25 /* less is a guess */

static const struct explanation {
	enum event_kind cause, effect;
	double related_s, near_s, confidence;
} explanations[] = {
#define EXPLAINS(cause, effect, related_s, near_s, confidence)                                     \
	{EVENT_##cause, EVENT_##effect, related_s, near_s, confidence},
#define SUBSYSTEM(cause, words)
#define STORAGE_WORDS(words)
#include "log/first_causes.def"
#undef EXPLAINS
#undef SUBSYSTEM
#undef STORAGE_WORDS
};

static const struct {
	enum event_kind cause; /* EVENT_KINDS: all of storage */
	const char *words;
} subsystems[] = {
#define EXPLAINS(...)
#define SUBSYSTEM(cause, words) {EVENT_##cause, words},
#define STORAGE_WORDS(words) {EVENT_KINDS, words},
#include "log/first_causes.def"
#undef EXPLAINS
#undef SUBSYSTEM
#undef STORAGE_WORDS
};

/* --- what went wrong -------------------------------------------------------------------------- */

static const struct event *event_of_report(const struct events *events, const struct report *report)
{
	const struct event *best = NULL;

	for (size_t i = 0; i < events->count; i++) {
		const struct event *event = &events->list[i];

		if (event->report == report)
			return event;
		/* Folded into a burst, or read from elsewhere: an OOM kill. */
		if (event->line <= report->last && event->last_line >= report->first &&
		    !event->note[0] && event_kind_level(event->kind))
			best = best ? best : event;
	}
	return best;
}

/* A panic over what the hardware reported has the report as its cause. */
static const struct event *panic_after(const struct events *events, const struct event *event)
{
	bool reported = event->kind == EVENT_NMI || event->kind == EVENT_MACHINE_CHECK ||
			event->kind == EVENT_MEMORY_ERROR;

	for (const struct event *next = event + 1;
	     reported && next < events->list + events->count && next->boot == event->boot; next++)
		if (next->kind == EVENT_PANIC)
			return next;
	return event;
}

/* "Machine check events logged" says no more than that there is more. */
static bool is_announced(const struct event *event, const struct event *by)
{
	return event->kind == EVENT_MACHINE_CHECK && by->kind == EVENT_MACHINE_CHECK &&
	       event->severity == by->severity && event->device[0] && !by->device[0];
}

static bool is_graver(const struct event *a, const struct event *b)
{
	if (a->severity != b->severity)
		return a->severity > b->severity;
	if (is_announced(a, b))
		return true;
	return event_kind_level(a->kind) > event_kind_level(b->kind);
}

struct trouble trouble_find(const struct events *events, const struct reports *reports)
{
	const struct report *crash = reports ? reports_crash(reports) : NULL;
	struct trouble trouble = {.is_crash = crash != NULL};

	if (crash) {
		trouble.event = event_of_report(events, crash);
		if (trouble.event)
			trouble.event = panic_after(events, trouble.event);
		return trouble;
	}
	for (size_t i = 0; i < events->count; i++) {
		const struct event *event = &events->list[i];

		if (event->severity > EVENT_INFO && event_kind_level(event->kind) &&
		    (!trouble.event || is_graver(event, trouble.event)))
			trouble.event = event;
	}
	return trouble;
}

/* --- what belongs together -------------------------------------------------------------------- */

static bool is_storage(enum event_kind kind)
{
	return kind == EVENT_ATA || kind == EVENT_SCSI || kind == EVENT_NVME ||
	       kind == EVENT_MULTIPATH || kind == EVENT_RAID || kind == EVENT_IO_ERROR ||
	       kind == EVENT_FILESYSTEM_ERROR || kind == EVENT_PCIE_ERROR || kind == EVENT_USB;
}

/* Does a function or module in the report's own stack belong to what the cause is about? */
static const char *stack_of_subsystem(const struct report *report, enum event_kind cause)
{
	for (size_t i = 0; report->stack_count && i < report->stacks[0].count; i++) {
		const struct report_place *place = &report->stacks[0].frames[i].place;

		for (size_t j = 0; j < ARRAY_SIZE(subsystems); j++)
			if ((subsystems[j].cause == cause ||
			     (subsystems[j].cause == EVENT_KINDS && is_storage(cause))) &&
			    (strstr(place->symbol, subsystems[j].words) ||
			     strstr(place->module, subsystems[j].words)))
				return place->symbol;
	}
	return NULL;
}

/* Threads that work for everybody say nothing of who is at work. */
static bool is_nobody(const char *comm)
{
	return !comm[0] || has_prefix(comm, "swapper") || has_prefix(comm, "kworker") ||
	       has_prefix(comm, "ksoftirqd") || has_prefix(comm, "migration");
}

static bool has_module(const struct report *report, const char *module)
{
	if (!strcmp(report->rip.module, module))
		return true;
	for (size_t i = 0; report->stack_count && i < report->stacks[0].count; i++)
		if (!strcmp(report->stacks[0].frames[i].place.module, module))
			return true;
	return false;
}

static const char *shared_module(const struct report *a, const struct report *b)
{
	if (a->rip.module[0] && has_module(b, a->rip.module))
		return a->rip.module;
	for (size_t i = 0; a->stack_count && i < a->stacks[0].count; i++) {
		const char *module = a->stacks[0].frames[i].place.module;

		if (module[0] && has_module(b, module))
			return module;
	}
	return NULL;
}

/* A program, named in what a device's driver or the kernel says of it. */
static bool names_program(const char *text, const char *comm)
{
	return strlen(comm) > 2 && !is_nobody(comm) && strstr(text, comm);
}

/* init's own crash is what kills the kernel; that of others does not. */
static bool is_init(const struct event *cause, const struct event *effect)
{
	return cause->kind == EVENT_SEGFAULT && effect->report &&
	       effect->report->kind == REPORT_INIT_DIED &&
	       (effect->report->comm[0]
			? !strcmp(cause->device, effect->report->comm)
			: !strcmp(cause->device, "init") || !strcmp(cause->device, "systemd"));
}

/* Why two events are about the same; false, and no reason, when nothing says so. */
static bool is_related(const struct log *log, const struct event *cause, const struct event *effect,
		       char *reason, size_t size)
{
	const struct report *a = cause->report, *b = effect->report;
	const char *shared = NULL;

	if (cause->device[0] && !strcmp(cause->device, effect->device))
		snprintf(reason, size, "both are about %s", cause->device);
	else if (devices_related(&cause->devices, &effect->devices))
		snprintf(reason, size, "both are about %s",
			 effect->device[0] ? effect->device : effect->devices.names[0]);
	else if (is_init(cause, effect))
		snprintf(reason, size, "init itself crashed");
	else if (a && b && !is_nobody(a->comm) && !strcmp(a->comm, b->comm))
		snprintf(reason, size, "both are of the task %s", a->comm);
	else if (a && b && (shared = shared_module(a, b)))
		snprintf(reason, size, "both are in the module %s", shared);
	else if (b && (shared = stack_of_subsystem(b, cause->kind)))
		snprintf(reason, size, "%s() is on the stack", shared);
	else if (b && names_program(event_text(log, cause), b->comm))
		snprintf(reason, size, "it names the task %s", b->comm);
	else if (effect->kind == EVENT_SEGFAULT &&
		 names_program(event_text(log, cause), effect->device))
		snprintf(reason, size, "it names the program %s", effect->device);
	else
		return false;
	return true;
}

/* --- looking back ----------------------------------------------------------------------------- */

struct search {
	const struct log *log;
	const struct events *events;
	double *confidence; /* by event: that it led to the trouble; 0 it did not */
	size_t *why;	    /* by event: the event that it explains directly */
};

/* How long before the effect the cause was last seen; 0 when it was seen after that too. */
static bool gap_between(const struct log *log, const struct event *cause,
			const struct event *effect, double *ret)
{
	size_t last = MIN(cause->last_line, effect->line);

	if (!log_time_between(log, last, effect->line, ret))
		return false;
	*ret = MAX(*ret, 0.0);
	return true;
}

/* A hung task has been waiting for long when it is noticed. */
static double waited(const struct event *effect)
{
	return effect->report ? effect->report->seconds : 0;
}

static double explains(const struct search *search, const struct event *cause,
		       const struct event *effect, char *reason, size_t size)
{
	double gap = 0;
	bool timed;

	if (cause->boot != effect->boot || cause->note[0] || is_announced(effect, cause))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(explanations); i++) {
		const struct explanation *row = &explanations[i];

		if (row->cause != cause->kind || row->effect != effect->kind)
			continue;
		timed = gap_between(search->log, cause, effect, &gap);
		gap = MAX(gap - waited(effect), 0.0);
		if ((!timed || gap <= row->related_s) &&
		    is_related(search->log, cause, effect, reason, size))
			return row->confidence;
		if (!timed || gap > row->near_s)
			return 0;
		snprintf(reason, size, "nothing but time speaks for it");
		return row->confidence * NEAR_CONFIDENCE;
	}
	return 0;
}

static void look_back(struct search *search, size_t from)
{
	size_t first = from > LOOKED_AT ? from - LOOKED_AT : 0;
	char reason[160];

	search->confidence[from] = 1;
	search->why[from] = from;
	for (size_t i = from; i-- > first;)
		for (size_t j = i + 1; j <= from; j++) {
			double confidence =
				search->confidence[j] == 0
					? 0
					: search->confidence[j] * explains(search,
									   &search->events->list[i],
									   &search->events->list[j],
									   reason, sizeof(reason));

			if (confidence > search->confidence[i]) {
				search->confidence[i] = confidence;
				search->why[i] = j;
			}
		}
}

static void put_reason(const struct search *search, const struct event *event, size_t index,
		       struct first_cause *ret)
{
	const struct event *effect = &search->events->list[search->why[index]];
	char related[160] = "";

	explains(search, event, effect, related, sizeof(related));
	snprintf(ret->reason, sizeof(ret->reason), "%s can lead to %s%s%s; %s",
		 event_kind_title(event->kind), event_kind_title(effect->kind),
		 effect == ret->effect ? "" : ", and that to ",
		 effect == ret->effect ? "" : event_kind_title(ret->effect->kind), related);
}

static void take(const struct search *search, size_t from, bool is_crash, struct first_cause *ret)
{
	size_t best = from;

	for (size_t i = 0; i < from && best == from; i++)
		if (search->confidence[i] >= LEAST_CONFIDENCE)
			best = i;
	if (best == from && is_crash)
		return;
	ret->event = &search->events->list[best];
	ret->effect = &search->events->list[from];
	ret->has_distance = log_time_between(search->log, ret->event->line, ret->effect->line,
					     &ret->distance_s);
	ret->confidence = search->confidence[best];
	if (best == from) {
		ret->confidence = 0.9;
		snprintf(ret->reason, sizeof(ret->reason), "nothing before it explains it");
	} else {
		put_reason(search, ret->event, best, ret);
	}
}

struct err *first_cause_find(const struct log *log, const struct events *events,
			     const struct trouble *trouble, struct first_cause *ret)
{
	_free_ double *confidence = calloc(events->count + 1, sizeof(*confidence));
	_free_ size_t *why = calloc(events->count + 1, sizeof(*why));
	struct search search = {log, events, confidence, why};

	*ret = (struct first_cause){0};
	if (!confidence || !why)
		return &err_nomem;
	if (!trouble->event)
		return NULL;
	size_t from = (size_t)(trouble->event - events->list);
	look_back(&search, from);
	take(&search, from, trouble->is_crash, ret);
	return NULL;
}
