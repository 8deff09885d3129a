/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOCK_CLASS
#define TRIAGE_LOCKS_LOCK_CLASS

#include "analysis.h"
#include "kernel/locking/waitlist.h"
#include "locks/lock.h"

/* One kind of sleeping lock: how its locks are found from their sleepers, and described. */
struct lock_class {
	enum finding_id finding;
	enum lock_kind kind;
	unsigned waits; /* mask of 1 << enum wait_kind whose sleepers this class looks at */
	const struct waitlist_ops *ops;
	/* The lock of a sleeper that is in no list of it, 0 none. NULL: each sleeper is in a list. */
	uint64_t (*find)(struct kernel *kernel, const struct sleeper *sleeper);
	/* Add waiters that are in no list; NULL: there are none. ERR_NOMEM. */
	struct err *(*complete)(struct kernel *kernel, struct waitlist *list);
	/* Add word, state, holders, confidence and headline to a lock whose waiters are there. */
	struct err *(*describe)(struct analysis *analysis, const struct waitlist *list,
				struct lock *lock);
};

/* Report each lock; sleepers whose lock is not found give FINDING_LOCK_OTHER. */
struct err *lock_class_report(struct analysis *analysis, const struct lock_class *class);

#endif
