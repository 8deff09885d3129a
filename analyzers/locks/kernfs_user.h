/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_KERNFS_USER
#define TRIAGE_LOCKS_KERNFS_USER

#include "kernel/locking/sleeper.h"

/*
 * Does this task, which waits in kernfs for the end of all calls of a file's functions (sysfs, cgroups), make the one
 * that is left itself? Memory tells: the file that it has open is being taken away and has one user.
 */
bool kernfs_user_is_waiter(struct kernel *kernel, const struct sleeper *sleeper);

#endif
