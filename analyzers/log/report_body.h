/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_BODY
#define TRIAGE_LOG_REPORT_BODY

#include "log/report.h"

/*
 * What a line in a report's body is, in the order in which reports have them. A line that a report
 * has already, and has once, begins something else: another CPU's report, printed between.
 */
enum body_line {
	BODY_NONE,    /* of no report, as far as the line tells */
	BODY_FAULT,   /* "#PF: …", "PGD …", "Oops: 0002 [#1] SMP" */
	BODY_HEADER,  /* "CPU: … PID: … Comm: …", once */
	BODY_MACHINE, /* "Hardware name:", once */
	BODY_TASK,    /* "Workqueue:", "task: … ti: …", "Process …" */
	BODY_RIP,     /* registers: once, but for those of interrupted code and of user space */
	BODY_REGS,
	BODY_CODE,
	BODY_STACK,
	BODY_TRACE, /* "Call Trace:" */
	BODY_FRAME, /* and marks such as "<IRQ>" */
	BODY_MODULES,
	BODY_DETAIL, /* of one kind of report, see report_detail.h */
	BODY_TITLE,  /* of a further call trace: "Freed by task 5:" */
	BODY_END,    /* "---[ end trace … ]---" */
};

/* What a lock in the next line of lockdep's report is to it. */
enum lockdep_role { ROLE_NONE, ROLE_WANTED, ROLE_OTHER };

/* A report while its lines come in. */
struct report_reader {
	struct report *report;
	bool in_user;	/* registers that follow are user space's */
	bool in_nested; /* registers that follow are of interrupted code within the trace */
	bool in_met;	/* … of a panic: what it came by, kept aside in report->met */
	bool foreign;	/* header, registers and traces that follow are of the CPU that noticed */
	bool titled;	/* frames that follow are a trace called title */
	char title[96];
	bool in_pool;		/* lines that follow are of the pool that is stuck */
	enum lockdep_role role; /* of the lock that comes next */
	unsigned role_lines;	/* for so many lines */
	enum report_context context;
	uint32_t seen; /* bit n: enum body_line n */
};

/* What the line is, by its shape alone. */
enum body_line report_body_kind(const char *line);
/* Take the line, number index of the log, into the report. ERR_NOMEM alone. */
struct err *report_body_take(struct report_reader *reader, const char *line, size_t index,
			     enum body_line kind);

#endif
