/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_USAGE_READ
#define TRIAGE_MEMORY_USAGE_READ

#include "memory/usage_facts.h"

/*
 * Each fills in its list of struct usage, whose total is known; what cannot be read is left out.
 * ERR_NOMEM.
 */
struct err *usage_read_slabs(struct kernel *kernel, struct usage *usage);
struct err *usage_read_processes(struct kernel *kernel, struct usage *usage);
struct err *usage_read_cgroups(struct kernel *kernel, struct usage *usage);
struct err *usage_read_callers(struct kernel *kernel, struct usage *usage);
struct err *usage_read_mounts(struct kernel *kernel, struct usage *usage);
struct err *usage_read_caches(struct kernel *kernel, struct usage *usage);
/* Of the largest cache: needs the slabs. */
struct err *usage_read_suspect(struct kernel *kernel, struct usage *usage);
/* Needs totals, slabs and processes. */
void usage_read_crowd(struct kernel *kernel, struct usage *usage);
/* Only where it is asked who has what no counter knows: looks at every open file. */
void usage_read_queues(struct kernel *kernel, struct usage *usage);
void usage_read_zones(struct kernel *kernel, struct usage *usage);

#endif
