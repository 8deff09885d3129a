/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_PAGE_WAIT
#define TRIAGE_LOCKS_PAGE_WAIT

#include "kernel/locking/sleeper.h"

/* A page whose bit a task waits for, as mm/filemap.c has it: its lock, or the end of its writeback. */
struct page_wait {
	uint64_t page;	    /* struct page or folio */
	uint64_t inode;	    /* of the file it is a part of; 0: none, or not known */
	uint64_t index;	    /* in that file, in pages */
	bool for_lock;	    /* the bit waited for is PG_locked */
	bool for_writeback; /* it is PG_writeback */
	bool locked, up_to_date;
};

/*
 * The page a sleeper of kind WAIT_PAGE waits for, by the waiter structure on its own stack, which
 * points back to the sleeper. False when there is none.
 */
bool page_wait_find(struct kernel *kernel, const struct sleeper *sleeper, struct page_wait *ret);
/*
 * A page is locked while it is read, too, until the device has brought what is in it: that ends with
 * I/O. One whose contents are there is locked by a task.
 */
static inline bool page_wait_is_read(const struct page_wait *wait)
{
	return wait->for_lock && wait->locked && !wait->up_to_date;
}

#endif
