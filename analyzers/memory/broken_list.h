/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_BROKEN_LIST
#define TRIAGE_MEMORY_BROKEN_LIST

#include "kernel/kernel.h"
#include "memory/memory_facts.h"

/*
 * Doubly linked lists (include/linux/list.h: list_head, and hlist_node, whose pprev stands where
 * list_head has prev) say everything twice. Goes along the list that node is on, in both directions,
 * as far as neighbours point at each other; where they do not, the two ends tell which word is
 * wrong and what it should be. node need not be on a list, nor be an address at all: false then, and
 * for a list that is whole. *budget: nodes that may still be read, taken off.
 */
bool broken_list_find(struct kernel *kernel, uint64_t node, unsigned *budget,
		      struct broken_list *ret);
/*
 * The same where only the node is known to which the wrong word leads: is it one bit away from one
 * whose neighbour should lead to it, and leads here? Where the list is not sound beyond the two, it is weak.
 */
bool broken_list_find_stray(struct kernel *kernel, uint64_t stray, struct broken_list *ret);
/*
 * Whoever followed the wrong word and went on along the list: does he meet an address that is at most
 * reach bytes from bad? *ret is how many steps it took.
 */
bool broken_list_leads_to(struct kernel *kernel, const struct broken_list *list, uint64_t bad,
			  uint64_t reach, unsigned *ret);

#endif
