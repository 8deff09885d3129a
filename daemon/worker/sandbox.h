/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_SANDBOX
#define TRIAGE_DAEMON_WORKER_SANDBOX

#include "base/error.h"
#include "json.h"

struct sandbox_options {
	uint64_t memory_bytes; /* address space */
	unsigned cpu_s;	       /* seconds of CPU time */
	uint64_t file_bytes;   /* how far a file that is open may grow */
	bool background;       /* idle IO class and nice 10 */
};

/*
 * Shut this process off: nothing to open, no network, no new process, no privileges; it can read
 * what it has open, compute, and write to the pipes it has, and to an open file up to file_bytes.
 * The system call filter (seccomp) alone holds all of this, and without it nothing hostile is read:
 * an error. Behind it stands a second wall, Landlock (5.13), or where the kernel has none, empty
 * namespaces, where users may have those. The names of the layers that stand are appended to layers.
 */
struct err *sandbox_enter(const struct sandbox_options *options, json_t *layers);
/* Names of the layers that a current kernel has and these lack, as a new array; NULL for no memory. */
json_t *sandbox_missing(const json_t *layers);
/* The version of the kernel's Landlock; 0 where it has none, or it is switched off. */
int sandbox_landlock(void);

#endif
