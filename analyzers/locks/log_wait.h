/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOG_WAIT
#define TRIAGE_LOCKS_LOG_WAIT

#include "kernel/locking/sleeper.h"
#include "log/report_shown.h"

/* What a blocked task waits for, by all that the log shows of it. */
struct log_wait {
	const struct shown_task *task;
	const struct sleeper *sleeper; /* NULL: its stack is not in the log */
	enum wait_kind kind;	       /* WAIT_NONE: where no table has a name for it */
	enum lock_mode mode;
	const char *what;		 /* "mutex", "page I/O"; never NULL */
	const char *function;		 /* that wants the lock, or sleeps; "" unknown */
	char module[64];		 /* of that function; "" the kernel itself */
	const struct report_lock *lock;	 /* in the list of its locks; NULL none */
	const struct shown_task *holder; /* that the kernel names; NULL none */
};

/* False for a task that is not blocked, or of which nothing is known. */
bool log_wait_of(const struct sleepers *sleepers, const struct shown *shown,
		 const struct shown_task *task, struct log_wait *ret);
/* A lock that a task holds while others wait: no event, I/O or work item. */
bool log_wait_is_lock(enum wait_kind kind);

#endif
