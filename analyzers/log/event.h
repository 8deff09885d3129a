/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_EVENT
#define TRIAGE_LOG_EVENT

#include "base/cleanup.h"
#include "base/error.h"
#include "log/devices.h"

struct log;
struct report;
struct reports;
struct mces;
struct ooms;

enum event_kind {
#define EVENT_KIND(id, ...) EVENT_##id,
#include "log/event_kinds.def"
#undef EVENT_KIND
	EVENT_KINDS,
};

enum event_severity {
	EVENT_INFO,	 /* as it should be, or a mark in time */
	EVENT_CORRECTED, /* mended at once; many of them tell of worse to come */
	EVENT_ERROR,
	EVENT_FATAL, /* something does not live through it: a device, a file system, the machine */
};

/* Something that happened, by a line of the log; alike ones that follow each other are one, counted. */
struct event {
	size_t line, last_line; /* of the log: of the first, of the last */
	size_t count;
	enum event_kind kind;
	enum event_severity severity;
	unsigned boot;		      /* events of one boot have the same; from 0 */
	int cpu;		      /* that it is about, -1 unknown */
	struct devices devices;	      /* that its line names */
	char device[DEVICE_NAME_MAX]; /* what failed; "" unknown */
	char detail[160]; /* what further lines tell: "UNC", "DIMM B3, multi-bit ECC"; "" nothing */
	char note[96]; /* of EVENT_CLOCK that no line tells of: what was found; "" the line does */
	const struct report *report; /* that begins here, or NULL */
};

#define EVENTS_MAX 2000 /* kept: as many of the beginning as of the end */

struct events {
	struct event *list; /* in the log's order */
	size_t count;
	size_t left_out;    /* events, each counted once, that stood between those kept */
	size_t left_out_at; /* index in list before which they stood */
};

/*
 * All events of a log, in one pass. What its reports, machine checks and OOM kills are is taken from
 * there, and reports have to outlive the result. ERR_NOMEM alone.
 */
struct err *events_read(const struct log *log, const struct reports *reports,
			const struct mces *mces, const struct ooms *ooms, struct events **ret);
void events_free(struct events *events); /* NULL is fine */
DEFINE_CLEANUP(struct events, events_free)

const char *event_kind_name(enum event_kind kind);
enum event_kind event_kind_by_name(const char *name); /* EVENT_KINDS: there is none */
const char *event_kind_title(enum event_kind kind);
unsigned event_kind_level(enum event_kind kind);
const char *event_severity_name(enum event_severity severity);
/* What it says: its line of the log, or what was found. */
const char *event_text(const struct log *log, const struct event *event);

#endif
