/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_OWNER_DIED
#define TRIAGE_LOCKS_OWNER_DIED

#include "analysis.h"
#include "kernel/locking/waitlist.h"

/* Whether code had taken a lock of some kind: one of critical_section.h. */
typedef enum lock_call lock_classifier(struct kernel *kernel, uint64_t target);

/* Who ended with a lock in hand, and what says so. */
struct owner_died {
	const struct task *task; /* dead; NULL: nothing says that the owner has ended */
	double confidence;
	char why[320];
	/*
	 * Of a living owner, else 1: that it is the one, when no call on its stack took such a lock.
	 * It may have come by the memory of a task that ended with the lock in hand.
	 */
	double doubt;
	bool left; /* a living owner whose call that took the lock has returned to user space */
};

#define OWNER_DOUBTED                                                                              \
	", though no call on its stack takes such a lock: an earlier task may have died with it"
#define OWNER_LEFT                                                                                 \
	"; no call on its stack takes such a lock: an earlier one returned to user space with "    \
	"it, or "                                                                                  \
	"an earlier task died with it"

/* What there is to add to "the owner field names it". */
static inline const char *owner_doubt(const struct owner_died *died)
{
	return died->left ? OWNER_LEFT : died->doubt < 1 ? OWNER_DOUBTED : "";
}

/*
 * A lock's owner word may name the wrong task: when its owner ends with the lock in hand, the memory of
 * its task_struct goes to the next task. owner: whom the word names, NULL nobody, or one that is dead
 * by its memory. The one that took the lock is told by an oops of the log whose code had taken it; that
 * a living owner cannot be it, by its stack and its age. A mutex, or an rwsem held for write.
 */
struct err *owner_died_find(struct analysis *analysis, const struct waitlist *list,
			    lock_classifier *classify, const struct task *owner,
			    struct owner_died *ret);
/*
 * Of a lock that records no owner: who died with it in hand, by an oops of the log whose code had taken this very lock.
 * ret->task is NULL for none. ERR_NOMEM.
 */
struct err *owner_died_in_report(struct analysis *analysis, uint64_t lock,
				 lock_classifier *classify, struct owner_died *ret);
/* Add it as the lock's holder, and say so in state and headline, which are empty. */
void owner_died_add(struct lock *lock, const struct owner_died *died, enum lock_mode mode);

#endif
