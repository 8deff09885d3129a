/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOCK_REPORT
#define TRIAGE_LOCKS_LOCK_REPORT

#include "analysis.h"
#include "kernel/locking/waitlist.h"
#include "locks/lock.h"

/* How a lock gets from its analyzer into the facts and the verdict. */

/* A lock with its place and name, address 0 for a wait without a lock. ERR_NOMEM. */
struct err *lock_report_new(struct kernel *kernel, enum lock_kind kind, uint64_t address,
			    struct lock **ret);
/* Add the waiters of a list, in order, and how many; a note says where the list was cut short. */
void lock_report_waiters(struct lock *lock, const struct waitlist *list);
/* Put a finished lock into analysis->locks and the findings. Takes it over. ERR_NOMEM. */
struct err *lock_report(struct analysis *analysis, struct lock *lock, enum finding_id id,
			enum severity severity);

#endif
