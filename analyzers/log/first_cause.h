/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_FIRST_CAUSE
#define TRIAGE_LOG_FIRST_CAUSE

#include <stdbool.h>

#include "log/event.h"

struct log;
struct reports;

/* What went wrong by a log: the crash, or, where there is none, the gravest event. */
struct trouble {
	const struct event *event; /* NULL: nothing did */
	bool is_crash;
};

struct trouble trouble_find(const struct events *events, const struct reports *reports);

/* The earliest event that explains what went wrong. */
struct first_cause {
	const struct event *event;  /* NULL: none is known */
	const struct event *effect; /* what it led to */
	bool has_distance;
	double distance_s; /* between them */
	double confidence;
	char reason[200]; /* why it is taken for that */
};

/*
 * Decided by first_causes.def: what may explain what, and how near it must be. Without a crash, the
 * trouble itself is its own first cause when nothing before it explains it. ERR_NOMEM alone.
 */
struct err *first_cause_find(const struct log *log, const struct events *events,
			     const struct trouble *trouble, struct first_cause *ret);

#endif
