/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_SEARCH_HITS
#define TRIAGE_MEMORY_SEARCH_HITS

#include "kernel/dump/search.h"
#include "memory/memory_facts.h"
#include "memory/search_groups.h"

/*
 * Call each() for each hit of a search, in order, with its owner, and count it into groups.
 * crashed: the task that crashed, or NULL. The place is gone once each() returns. ERR_NOMEM.
 */
struct err *search_hits_each(struct kernel *kernel, const struct search_result *result,
			     const struct task *crashed, struct search_groups **groups,
			     void (*each)(void *context, const struct search_place *place),
			     void *context);

#endif
