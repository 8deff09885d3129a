/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_LOCK_PROBE
#define TRIAGE_KERNEL_LOCKING_LOCK_PROBE

#include "kernel/kernel.h"

/*
 * Where types are probed: find the layout of mutexes and rw_semaphores by those that tasks sleep on.
 * A waiter structure on a sleeper's stack names the sleeper, its list leads to the lock, and of the
 * forms a lock has had only one makes sense of the words around. What nobody sleeps on stays
 * unknown, and is not missed. Needs tasks and stacks. Fails on out-of-memory alone.
 */
struct err *lock_probe_open(struct kernel *kernel);

#endif
