/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an analyzer's lock to the facts all share, and to the finding that tells it. */
#include "locks/lock_report.h"

#include "locks/lock_json.h"
#include "locks/lock_place.h"

struct err *lock_report_new(struct kernel *kernel, enum lock_kind kind, uint64_t address,
			    struct lock **ret)
{
	*ret = lock_new(kind, address);
	if (!*ret)
		return &err_nomem;
	if (address)
		lock_place_find(kernel, *ret);
	return NULL;
}

#define WAITERS_KEPT 4096 /* of one lock; they are all counted */

void lock_report_waiters(struct lock *lock, const struct waitlist *list)
{
	for (size_t i = 0; i < list->count && i < WAITERS_KEPT; i++) {
		const struct waiter *waiter = &list->waiters[i];

		lock_add_sleeper(lock, waiter->task, waiter->mode, waiter->node ? (int64_t)i : -1,
				 waiter->node);
	}
	lock->listed = (int64_t)list->count;
	if (list->err)
		str_printf(&lock->note,
			   "the wait list could not be read to its end, so the order is not all "
			   "known: %s",
			   list->err->message);
}

struct err *lock_report(struct analysis *analysis, struct lock *lock, enum finding_id id,
			enum severity severity)
{
	TRY(locks_add(&analysis->locks, lock));
	finding_add(analysis->findings, id, severity, lock->confidence, lock_json(lock), "%s",
		    lock->headline.data);
	return NULL;
}
