/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_SEARCH_GROUPS
#define TRIAGE_MEMORY_SEARCH_GROUPS

#include "memory/memory_facts.h"

/*
 * The places that a search found, grouped by where in an object of which kind they are; NULL: none.
 */
struct search_groups;

/*
 * Count a place in. crashed: the task that crashed, or NULL; its stack is labelled as such.
 * ERR_NOMEM.
 */
struct err *search_groups_add(struct search_groups **groups, const struct search_place *place,
			      const struct task *crashed);
/*
 * Fill in up to max groups, the largest first: "stack of sh/105, which crashed". If that is not
 * enough for all, the places in objects of one cache and state become one group. Returns how many.
 */
size_t search_groups_list(const struct search_groups *groups, struct search_group *ret, size_t max);
void search_groups_free(struct search_groups *groups);
DEFINE_CLEANUP(struct search_groups, search_groups_free)

#endif
