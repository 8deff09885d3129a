/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_WAITLIST
#define TRIAGE_KERNEL_LOCKING_WAITLIST

#include "kernel/locking/sleeper.h"
#include "kernel/types/members.h"

/*
 * Wait lists of sleeping locks: waiter structures on their sleepers' stacks, linked through a
 * list_head inside each. Two forms: a ring through the lock's own list_head, and a ring of the
 * waiters alone (el7's slist_head; first_waiter of 7.x), where the lock only points into it.
 */

/* How one kind of lock lays out its wait list; member ids for members.def. */
struct waitlist_ops {
	enum member_id waiter_list; /* list_head in the waiter */
	enum member_id waiter_task; /* task_struct * in the waiter */
	enum member_id lock_list;   /* in the lock: list_head, slist_head or a waiter pointer */
	bool cleared_when_woken;    /* a waiter's task may be NULL already (rwsem readers) */
	bool may_be_remade;	    /* an initialisation may have come upon waiters */
	/* Could a lock stand there whose list has this many waiters? Reads what it needs. */
	bool (*plausible)(struct kernel *kernel, uint64_t lock, size_t waiters);
	/* Mode of a waiter by its structure; asked while its page is at hand. */
	enum lock_mode (*mode)(struct kernel *kernel, uint64_t waiter, const struct task *task);
};

struct waiter {
	uint64_t address;	 /* of the waiter structure */
	uint64_t node;		 /* of its list_head */
	const struct task *task; /* NULL: a reader being woken (task already cleared) */
	enum lock_mode mode;
};

struct waitlist {
	uint64_t lock;
	struct waiter *waiters; /* in the lock's order */
	size_t count;
	bool remade; /* they lead to the lock, and its list to none of them: it was initialised again */
	struct err *err; /* why the list was cut short, or NULL */
};

#define WAITLIST_MAX (1u << 20)

/*
 * From a sleeper to its lock and all that wait for it. ERR_NOT_FOUND when no waiter structure on
 * the stack leads to a lock that leads back.
 */
struct err *waitlist_of_sleeper(struct kernel *kernel, const struct waitlist_ops *ops,
				const struct sleeper *sleeper, struct waitlist *ret);
/* The waiters of a lock whose address is known. */
struct err *waitlist_of_lock(struct kernel *kernel, const struct waitlist_ops *ops, uint64_t lock,
			     struct waitlist *ret);
/* Append; for decoders whose lock keeps its waiters in something else than a list. */
struct err *waitlist_add(struct waitlist *list, struct waiter waiter);
/* True when the task is one of the waiters. */
bool waitlist_has(const struct waitlist *list, const struct task *task);
void waitlist_deinit(struct waitlist *list);
#define _waitlist_ _cleanup_(waitlist_deinit)

#endif
