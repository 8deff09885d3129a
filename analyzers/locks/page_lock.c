/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Detects: pages that a task keeps locked while others wait for them; which page of which file, and
 *   who has it on its stack.
 * Needs: symbols, types, tasks, stacks.
 * False positives: a page is locked while it is read, too: where what is in it is not there yet, and no
 *   task has it in hand, the wait is left to the analyzer of I/O. Who holds one is always inferred.
 * Kernel commits: 62906027091f v4.10 wait_page_queue; df4d4f127394 v5.16 folios.
 */
#include <stdio.h>
#include <stdlib.h>

#include "analysis.h"
#include "base/hash.h"
#include "base/str.h"
#include "locks/device.h"
#include "locks/lock_holders.h"
#include "locks/lock_report.h"
#include "locks/page_wait.h"

#define SURE_OF_ONE 0.65 /* of the lock's headline, where one task alone has the page in hand */
#define SURE_OF_NONE 0.5

/* All that wait for one page's lock, longest first: the queue is one of many pages (page_wait_table). */
static struct err *gather(const struct sleepers *sleepers, const struct page_wait *waits,
			  uint64_t page, struct waitlist *list)
{
	list->lock = page;
	for (size_t i = 0; i < sleepers->count; i++)
		if (waits[i].page == page && waits[i].for_lock)
			TRY(waitlist_add(list, (struct waiter){.task = sleepers->list[i].task,
							       .mode = MODE_EXCLUSIVE}));
	return NULL;
}

static int longest_first(const void *a, const void *b)
{
	const struct waiter *x = a, *y = b;

	return x->task->blocked_ns < y->task->blocked_ns   ? 1
	       : x->task->blocked_ns > y->task->blocked_ns ? -1
							   : 0;
}

/* What is waited for, more exactly than the functions on the stack tell it. */
static const char *words(const struct page_wait *wait, const char *known)
{
	return page_wait_is_read(wait) ? "page read"
	       : wait->for_lock	       ? "page lock"
	       : wait->for_writeback   ? "page writeback"
				       : known;
}

/* "page 0 of inode 12 on vda1 (ext4)" */
static void name_page(struct kernel *kernel, const struct page_wait *wait, struct lock *lock)
{
	char file[160];

	if (wait->inode && device_inode_name(kernel, wait->inode, file, sizeof(file)))
		snprintf(lock->place.name, sizeof(lock->place.name), "page %llu of %s",
			 (unsigned long long)wait->index, file);
	else
		snprintf(lock->place.name, sizeof(lock->place.name), "page 0x%llx",
			 (unsigned long long)wait->page);
}

/* Nobody reads a page's lock, and few tasks have a page in hand that is not theirs. */
static void settle_holders(struct lock *lock, size_t holders)
{
	for (size_t i = 0; i < lock->holder_count; i++)
		lock->holders[i].mode = MODE_EXCLUSIVE;
	if (holders == 1)
		lock->holders[0].confidence = MAX(lock->holders[0].confidence, SURE_OF_ONE);
}

static void describe(struct lock *lock, size_t holders)
{
	size_t count = lock->waiter_count;

	settle_holders(lock, holders);
	if (!holders)
		lock_add_holder(lock, NULL, MODE_EXCLUSIVE, EVIDENCE_MISSING, 0,
				"a page records no holder, and no stack shows one");
	lock->confidence = holders == 1 ? SURE_OF_ONE : SURE_OF_NONE;
	str_printf(&lock->state, "locked; %zu waiting", count);
	str_printf(&lock->headline, "%zu task%s wait%s for the lock of %s", count,
		   count == 1 ? "" : "s", count == 1 ? "s" : "", lock_display_name(lock));
	str_puts(&lock->note, "in the order of how long they have waited");
}

static struct err *report(struct analysis *analysis, const struct sleepers *sleepers,
			  const struct page_wait *waits, size_t at)
{
	_cleanup_(cleanup_lock_free) struct lock *lock = NULL;
	_waitlist_ struct waitlist list = {0};
	size_t holders;

	TRY(gather(sleepers, waits, waits[at].page, &list));
	qsort(list.waiters, list.count, sizeof(*list.waiters), longest_first);
	TRY(lock_report_new(analysis->kernel, LOCK_PAGE_LOCK, waits[at].page, &lock));
	name_page(analysis->kernel, &waits[at], lock);
	lock_report_waiters(lock, &list);
	TRY(lock_holders_infer(analysis->kernel, &list, lock, NULL, &holders));
	if (!holders && page_wait_is_read(&waits[at]))
		return NULL;
	describe(lock, holders);
	return lock_report(analysis, take_ptr(lock), FINDING_LOCK_PAGE, SEVERITY_WARNING);
}

static struct err *run(struct analysis *analysis)
{
	_free_ struct page_wait *waits = NULL;
	struct kernel *kernel = analysis->kernel;
	_map_ struct map seen = {0};
	struct sleepers *sleepers;

	TRY(sleepers_of(kernel, &sleepers));
	waits = calloc(sleepers->count + 1, sizeof(*waits));
	if (!waits)
		return &err_nomem;
	for (size_t i = 0; i < sleepers->count; i++) {
		struct sleeper *sleeper = &sleepers->list[i];

		if (sleeper->kind == WAIT_PAGE && page_wait_find(kernel, sleeper, &waits[i]))
			sleeper->what = words(&waits[i], sleeper->what);
	}
	for (size_t i = 0; i < sleepers->count; i++)
		if (waits[i].for_lock && waits[i].locked && map_add(&seen, waits[i].page, 0))
			TRY(report(analysis, sleepers, waits, i));
	return NULL;
}

const struct analyzer page_lock_analyzer = {
	.name = "page_lock",
	.needs = STEP_SYMBOLS | STEP_TYPES | STEP_TASKS | STEP_STACKS,
	.run = run,
};
