/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_CRITICAL_SECTION
#define TRIAGE_LOCKS_CRITICAL_SECTION

#include "kernel/kernel.h"

/*
 * Whether a function had taken a lock and not given it back at the place it stopped, read from its
 * code in address order. Never more than a good guess: code may jump around either call.
 */
enum lock_call { CALL_OTHER, CALL_LOCK, CALL_LOCK_READ, CALL_UNLOCK };

struct lock_calls {
	/* What a call of the function at target does. */
	enum lock_call (*classify)(struct kernel *kernel, uint64_t target);
	uint64_t only; /* heed only calls whose argument is this lock; 0: all calls */
	/* Not those given a member elsewhere in an object that the code does not know; 0: all calls. */
	uint64_t offset;
};

struct critical_section {
	bool inside; /* the last lock call has no unlock after it */
	bool known;  /* which lock it was: a constant */
	bool read;   /* taken as one of its readers */
	uint64_t lock;
	uint64_t call; /* address of the call */
};

/* [start, stop) of one function. The section stays as it is where code cannot be read. */
void critical_section_follow(struct kernel *kernel, uint64_t start, uint64_t stop,
			     const struct lock_calls *calls, struct critical_section *section);

/*
 * The same of all of a function's code, for locks that are taken inline but for a slow path, which
 * compilers move to the end: does any of its calls take the lock for read?
 */
bool critical_section_reads(struct kernel *kernel, uint64_t start, uint64_t end,
			    const struct lock_calls *calls);

/* For lock_calls.classify, one for each kind; functions that only wrap such a call are known. */
enum lock_call critical_section_mutex(struct kernel *kernel, uint64_t target);
enum lock_call critical_section_rwsem(struct kernel *kernel, uint64_t target);
enum lock_call critical_section_semaphore(struct kernel *kernel, uint64_t target);
enum lock_call critical_section_percpu_rwsem(struct kernel *kernel, uint64_t target);
enum lock_call critical_section_page(struct kernel *kernel, uint64_t target);
enum lock_call critical_section_srcu(struct kernel *kernel, uint64_t target);
/* Of the wait for readers: it counts as taking the lock. */
enum lock_call critical_section_srcu_wait(struct kernel *kernel, uint64_t target);

#endif
