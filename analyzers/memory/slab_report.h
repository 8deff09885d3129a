/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_SLAB_REPORT
#define TRIAGE_MEMORY_SLAB_REPORT

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/printk/log.h"

/*
 * What SLUB's own checks print (slab_bug(), print_trailer(), mm/slub.c). Pointers are hashed where
 * the kernel hides them (ad67b74d2469 v4.15 to 792702911f58 v5.13): then they are 0 here, and the
 * report may end after its first line where the taint made the kernel panic.
 */
#define SLAB_REPORT_BYTES 4096

struct slab_report {
	char cache[64];
	char problem[64];		       /* "Poison overwritten" */
	uint64_t object;		       /* 0 unknown */
	uint64_t from, to;		       /* overwritten, both included; 0 unknown */
	int expected;			       /* the byte that should be there, -1 unknown */
	char allocated_by[160], freed_by[160]; /* "f+0x20/0x80 [module] age=1 cpu=0 pid=121" */
	uint8_t bytes[SLAB_REPORT_BYTES];      /* of the object, as printed */
	size_t length;
};

/* The next report at or after *line of the log; moves *line past it. False when there is none. */
bool slab_report_next(const struct log *log, size_t *line, struct slab_report *ret);

#endif
