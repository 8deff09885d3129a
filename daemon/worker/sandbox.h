/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_WORKER_SANDBOX
#define TRIAGE_DAEMON_WORKER_SANDBOX

#include "base/error.h"
#include "json.h"

struct sandbox_options {
	uint64_t memory_bytes; /* address space */
	unsigned cpu_s;	       /* seconds of CPU time */
	bool background;       /* idle IO class and nice 10 */
};

/*
 * Shut this process off: nothing to open, no network, no new process, no privileges; it can read
 * what it has open, compute, and write to the pipes it has. Layers the kernel does not offer
 * (Landlock before 5.13) are left out; the names of those that stand are appended to layers.
 * Fails when seccomp cannot be had: then nothing hostile should be read.
 */
struct err *sandbox_enter(const struct sandbox_options *options, json_t *layers);

/*
 * The same for a process that is about to execute one of the system's own programs: it may read
 * and execute what lies under /usr, /lib, /lib64 and /bin, and nothing else. Output goes to what
 * is open; no file can grow beyond file_bytes.
 */
struct err *sandbox_enter_program(const struct sandbox_options *options, uint64_t file_bytes);

#endif
