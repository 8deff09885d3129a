/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_LOG
#define TRIAGE_DAEMON_LOG

#include <syslog.h>

#include "base/error.h"

/*
 * What the daemon says: into the journal when stderr goes there, else on stderr. Messages are one
 * line each; control bytes in them (file names!) are escaped.
 */

/* Every verdict is one entry with this MESSAGE_ID: journalctl MESSAGE_ID=… */
#define VERDICT_MESSAGE_ID "5b0e3cf0c1c44c0bb7a9d1f7e1f0a6d4"

void log_open(bool verbose);
/* Who speaks, on a stderr that is not the journal's: "triaged" unless it is said; a constant. */
void log_as(const char *name);
void log_line(int priority, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Log an error with its context, and free it. */
void log_error(int priority, struct err *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The fields of a verdict's journal entry; strings may be NULL. */
struct log_verdict {
	int64_t id;
	const char *uid, *path, *cause, *severity, *headline, *kernel, *host, *signature, *report;
	const char *history; /* "12th time on this host since 2026-03-02" */
	const char *ticket;  /* of a person who knows this crash */
	double confidence;
	bool failed; /* the analysis did not run to its end */
};
void log_verdict(const struct log_verdict *verdict);
/*
 * The priority that goes with a verdict's severity (NULL: not known); warning at least for one whose
 * analysis failed.
 */
int log_verdict_priority(const char *severity, bool failed);

#endif
