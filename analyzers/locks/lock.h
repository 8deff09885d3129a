/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOCK
#define TRIAGE_LOCKS_LOCK

#include "base/str.h"
#include "kernel/locking/sleeper.h"
#include "kernel/locking/ticket_spinlock.h"
#include "kernel/mm/owner.h"

/* The locks of a crash as facts that all analyzers share: who holds each, and who waits for it. */

enum lock_kind {
#define LOCK_KIND(id, name) LOCK_##id,
#include "locks/lock_kinds.def"
#undef LOCK_KIND
};

const char *lock_kind_name(enum lock_kind kind);
const char *lock_mode_name(enum lock_mode mode); /* "read", "write", "exclusive", NULL */

/*
 * What a lock is part of, and what people call it. The name is a noun, good in "waits for …":
 * "mmap_lock of java/12862", "rtnl_mutex", "i_rwsem of inode 12 on vda1 (ext4)", "completion on
 * the stack of kworker/1:0/12, in flush_work()", "mutex in kmalloc-512 object 0x… +0x40".
 */
struct lock_place {
	struct owner owner; /* of the lock's address */
	char name[320];
	char type[64];	      /* C type of the object, "" when it cannot be told */
	char member[128];     /* path in it */
	uint64_t object;      /* address of it, 0 unknown */
	const char *evidence; /* EVIDENCE_…, of type and member; NULL when there is neither */
	char why[256];	      /* the evidence in words, "" for what needs none */
};

struct lock_holder {
	const struct task *task; /* NULL: somebody, but nothing says who */
	enum lock_mode mode;
	const char *evidence; /* EVIDENCE_…, that this task holds it */
	double confidence;
	char *why;
	bool left; /* it has returned to user space from the call that took the lock */
};

struct lock_waiter {
	const struct task *task; /* NULL: a reader being woken */
	enum lock_mode mode;
	int64_t position; /* in the queue; -1 unknown */
	uint64_t node;	  /* of its list_head or MCS node; 0 none */
	int64_t ticket;	  /* of a ticket spinlock; -1 none */
	int cpu;	  /* it spins on; -1: it sleeps */
};

struct lock {
	enum lock_kind kind;
	uint64_t address;	 /* 0: not found, or a wait for what is no lock */
	struct lock_place place; /* without an address: the name alone, or not even that */
	char device[80];	 /* that is to end a wait for I/O; "" unknown */

	bool has_raw;
	uint64_t raw;			/* the lock's word: count, owner and flags, block … */
	struct ticket_spinlock tickets; /* of a LOCK_TICKET_SPINLOCK */
	struct str state;		/* that word, or the wait, for a person */
	bool work_item; /* a completion that a kworker owes; place is its wq_barrier's */
	bool unnamed;	/* asleep in a function that no table names: perhaps no wait at all */
	bool endless;	/* it is: who sleeps so has set no time to wake up */

	struct lock_holder *holders; /* most likely first; a missing one alone, with task NULL */
	size_t holder_count;
	/*
	 * The first writer in the queue of a lock that is held for read: no reader passes it, so those
	 * behind wait for it before they wait for a holder. task NULL: there is none.
	 */
	struct lock_holder ahead;
	size_t ahead_at;	     /* its place among the waiters */
	struct lock_waiter *waiters; /* in the lock's order, as far as it is known */
	size_t waiter_count;
	int64_t listed; /* waiters in its wait list, kept above or not; -1: it has no list */
	/*
	 * What is done with what it guards, "ext4 on vda is frozen (fsfreeze)": of more use to a person
	 * than the lock's name. Without a holder it is what keeps everybody out. Empty: not known.
	 */
	struct str because;
	struct str note; /* why waiters are not complete or in order; empty: they are */

	double confidence; /* in the headline */
	struct str headline;
};

/* A lock of which only kind and address are known; NULL on out-of-memory. */
struct lock *lock_new(enum lock_kind kind, uint64_t address);
void lock_free(struct lock *lock); /* NULL is fine */
DEFINE_CLEANUP(struct lock, lock_free)

/* What memory cannot be had for is not added; base/alloc.h knows of it. */
void lock_add_holder(struct lock *lock, const struct task *task, enum lock_mode mode,
		     const char *evidence, double confidence, const char *why, ...)
	__attribute__((format(printf, 6, 7)));
/* The holder added last has returned to user space with the lock. */
static inline void lock_holder_left(struct lock *lock)
{
	if (lock->holder_count)
		lock->holders[lock->holder_count - 1].left = true;
}
void lock_add_waiter(struct lock *lock, const struct lock_waiter *waiter);
/* A waiter that is asleep; position and node as in struct lock_waiter. */
void lock_add_sleeper(struct lock *lock, const struct task *task, enum lock_mode mode,
		      int64_t position, uint64_t node);

static inline void lock_set_raw(struct lock *lock, uint64_t raw)
{
	lock->has_raw = true;
	lock->raw = raw;
}

/* What people call it: its name, else its kind. Owned by the lock. */
const char *lock_display_name(const struct lock *lock);
/* The waiter at this place becomes the writer that readers wait behind; evidence as EVIDENCE_…. */
void lock_set_ahead(struct lock *lock, size_t at, const char *evidence);
/* How its holder stands to it, for "…, held by somebody": a completion is owed, or run for. */
const char *lock_holding_word(const struct lock *lock);
/* The task an owner word points to (flag bits masked off), or NULL. */
const struct task *lock_owner(const struct tasks *tasks, uint64_t word, uint64_t flags);
/* The object it is part of, by its type or by the allocator; 0 unknown. */
uint64_t lock_object(const struct lock *lock);

/* All of a crash, in the order they were found; each stays where it is. */
struct locks {
	struct lock **list;
	size_t count;
};

/* Takes lock over, also when it fails: ERR_NOMEM. */
struct err *locks_add(struct locks *locks, struct lock *lock);
void locks_deinit(struct locks *locks);

#endif
