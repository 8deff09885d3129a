/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_OPEN_OPTIONS
#define TRIAGE_KERNEL_OPEN_OPTIONS

#include <stdbool.h>

/* In place of a release: the file of a user program or its library, by its name. */
#define OPEN_OBJECT "="
#define OPEN_DEBUG "=debug" /* and its debug file, by build-id */
#define OPEN_PART "=part"   /* a further file of the dump, by its number from 1 on */
#define OPEN_LOG "=log"	    /* a further file of the log, by its number from 1 on */
/* Profiles: the one that was given ("-"); by build-id or release the site's own, and those kept. */
#define OPEN_PROFILE "=profile"
#define OPEN_PROFILE_SITE "=site"
#define OPEN_PROFILE_KEPT "=kept"

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
	/* Told before a library reads a dump, which may not survive it; may be NULL. */
	void (*library)(void *context, const char *name);
	bool keep_profile; /* the caller keeps profiles: make one if that helps the next dump */
	bool no_btf;	   /* as if the kernel had none: for trying what is probed */
	void *context;
};

#endif
