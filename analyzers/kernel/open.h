/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_OPEN
#define TRIAGE_KERNEL_OPEN

#include "base/cleanup.h"
#include "kernel/kernel.h"
#include "kernel/open_options.h"

/*
 * Open step by step. Fails only when not even the header can be read (or on out-of-memory); all
 * else is recorded in degraded. The fds stay the caller's and must stay open.
 */
struct err *kernel_open(const struct kernel_options *options, struct kernel **ret);
/* Record the pages that were asked for and could not be read: to be called once all analyses are done. */
void kernel_note_losses(struct kernel *kernel);
void kernel_close(struct kernel *kernel);
DEFINE_CLEANUP(struct kernel, kernel_close)

#endif
