/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_WAIT_TARGET
#define TRIAGE_LOCKS_WAIT_TARGET

#include "kernel/locking/sleeper.h"

#define WAIT_TARGET_VARIABLE UINT64_MAX

/*
 * What a task that waits for a device waits for: the disk of its page, bio, request, buffer or
 * journal; the network device that is to go. Each is found on the sleeper's own stack by a structure that points back to the
 * sleeper or its stack, so what is said here is read, not guessed.
 */
struct wait_target {
	char device[80];	   /* "vda1", "0:45 (nfs4)"; "" unknown */
	const struct task *server; /* who does what is waited for (a journal's thread), or NULL */
	uint64_t word;		   /* that somebody is to change: where it is; 0 unknown */
	uint64_t bit; /* of it, or WAIT_TARGET_VARIABLE: all of it (wait_var_event()) */
};

void wait_target_find(struct kernel *kernel, const struct sleeper *sleeper,
		      struct wait_target *ret);

#endif
