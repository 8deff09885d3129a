/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_SEARCH_GROUPS
#define TRIAGE_MEMORY_SEARCH_GROUPS

#include "memory/memory_facts.h"

/*
 * What the places a search found have in common: where in objects of one kind they stand. Begin
 * with NULL.
 */
struct search_groups;

/* Count a place in. crashed: the task that did, whose stack is told from others; may be NULL. */
struct err *search_groups_add(struct search_groups **groups, const struct search_place *place,
			      const struct task *crashed);
/*
 * The groups with the most places, at most max, most first: "stack of sh/105, which crashed". Where
 * there are more than that, all places in objects of one cache and state are one group. Returns how
 * many.
 */
size_t search_groups_list(const struct search_groups *groups, struct search_group *ret, size_t max);
void search_groups_free(struct search_groups *groups);
DEFINE_CLEANUP(struct search_groups, search_groups_free)

#endif
