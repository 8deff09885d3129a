/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_OPEN
#define TRIAGE_KERNEL_OPEN

#include "base/cleanup.h"
#include "kernel/kernel.h"

/* In place of a release: the file of a user program or its library, by its name. */
#define OPEN_OBJECT "="
#define OPEN_DEBUG "=debug" /* and its debug file, by build-id */
#define OPEN_LOG "=log"	    /* a further file of the log, by its number from 1 on */

struct kernel_options {
	int dump_fd;	/* -1: a log alone */
	int vmlinux_fd; /* -1: none */
	int dmesg_fd;	/* dmesg file beside the dump, or the first file of the log; -1: none */
	/*
	 * Opens a module's .ko for comparing code, or what the names above stand for: a new fd, or -1.
	 * Both names come from the dump. NULL where there is nothing to look in.
	 */
	int (*open_file)(void *context, const char *release, const char *module);
	void *open_file_context;
	/* Told when a step begins ("symbols", "tasks", …); may be NULL. */
	void (*progress)(void *context, const char *step);
	bool no_btf; /* as if the kernel had none: for trying what is probed */
	void *context;
};

/*
 * Open step by step. Fails only when not even the header can be read (or on out-of-memory); all
 * else is recorded in degraded. The fds stay the caller's and must stay open.
 */
struct err *kernel_open(const struct kernel_options *options, struct kernel **ret);
void kernel_close(struct kernel *kernel);
DEFINE_CLEANUP(struct kernel, kernel_close)

#endif
