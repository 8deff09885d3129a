/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_SANDBOX_H
#define TRIAGE_SANDBOX_H

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

#endif
