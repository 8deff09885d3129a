/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOCK
#define TRIAGE_LOCKS_LOCK

#include "base/str.h"
#include "finding.h"
#include "kernel/kernel.h"
#include "kernel/locking/sleeper.h"
#include "kernel/locking/waitlist.h"
#include "kernel/tasks/task_label.h"

/*
 * What the lock analyzers share: building a LOCK of the verdict's shape, and going from the
 * sleepers of a kind to their locks, each lock once.
 */
struct lock_class {
	enum finding_id finding;
	const char *kind; /* locks.kind */
	unsigned waits;	  /* mask of 1 << enum wait_kind whose sleepers this class looks at */
	const struct waitlist_ops *ops;
	/*
	 * Add raw, state, holders (lock_add_holder) to a lock whose waiters are already there.
	 * Puts the finding's headline into headline and returns its confidence.
	 */
	struct err *(*describe)(struct kernel *kernel, const struct waitlist *list, json_t *lock,
				struct str *headline, double *confidence);
};

/* Emit one finding a lock; sleepers whose lock is not found give FINDING_LOCK_OTHER. */
struct err *locks_emit(struct kernel *kernel, const struct lock_class *class,
		       struct findings *findings);

/*
 * A new LOCK object with empty holders and waiters; its name, container and owner are looked up.
 * Address 0 for a wait without a lock.
 */
json_t *lock_new(struct kernel *kernel, const char *kind, uint64_t address);
void lock_add_holder(json_t *lock, const struct task *task, enum lock_mode mode,
		     const char *evidence, double confidence, const char *why, ...)
	__attribute__((format(printf, 6, 7)));
void lock_add_waiter(json_t *lock, const struct task *task, enum lock_mode mode, size_t position,
		     uint64_t node);
/* All waiters of a list, in order, and how many; a note says where the list was cut short. */
void lock_add_waiters(json_t *lock, const struct waitlist *list);
/* What people call a LOCK: its name, else its kind. Owned by the lock. */
const char *lock_display_name(const json_t *lock);
/* The object a LOCK is part of, by its type or by the allocator; 0 unknown. */
uint64_t lock_object(const json_t *lock);
/* The task a lock's owner word points to (flag bits masked off), or NULL. */
const struct task *lock_owner(struct kernel *kernel, uint64_t word, uint64_t flags);
/* True when the task is one of the list's waiters. */
bool waits_in(const struct waitlist *list, const struct task *task);

/*
 * Who may hold a lock that records no holder (a reader's rwsem, a spinlock): tasks with a frame
 * known to run under it, by lock_holders.def, and stacks that hold its address. Adds the candidates,
 * best first, as inferred holders, and returns how many there are.
 */
struct err *lock_infer_holders(struct kernel *kernel, const struct waitlist *list, json_t *lock,
			       const struct task *hint, size_t *count);

#endif
