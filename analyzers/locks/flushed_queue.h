/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_FLUSHED_QUEUE
#define TRIAGE_LOCKS_FLUSHED_QUEUE

#include "locks/lock.h"

/*
 * Where a completion is that of who flushes a workqueue, add the workers that run the queue's items as its
 * holders, and name it by the queue. How many were added.
 */
size_t flushed_queue_add(struct kernel *kernel, struct lock *lock);

#endif
