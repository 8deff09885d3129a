/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_RCU_READERS
#define TRIAGE_LOCKS_RCU_READERS

#include "kernel/kernel.h"
#include "kernel/tasks/task.h"

/*
 * Readers that gave up their CPU inside their critical section, of those the grace period waits for. The preemptible
 * RCU of v2.6.32 and later keeps them in lists of its nodes; where readers keep their CPU there are none.
 */
void rcu_readers_each(struct kernel *kernel, void (*found)(void *context, const struct task *task),
		      void *context);

#endif
