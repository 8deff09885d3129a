/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_OWN_USER
#define TRIAGE_LOCKS_OWN_USER

#include "kernel/locking/sleeper.h"

#define OWN_USER_SURE 0.85 /* it may be taking away another thing of the same sort */

/*
 * Does the task wait for the end of users of a thing, and use such a thing itself, and no other blocked task does?
 * Then *name is what people call the wait: "the end of its own proc_reg_write(), in lab_remove()". all may be NULL.
 */
bool own_user_find(const struct sleepers *all, const struct sleeper *sleeper, char *name,
		   size_t size);

#endif
