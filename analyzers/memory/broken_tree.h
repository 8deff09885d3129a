/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_BROKEN_TREE
#define TRIAGE_MEMORY_BROKEN_TREE

#include "kernel/kernel.h"
#include "memory/memory_facts.h"

/*
 * Red-black trees (include/linux/rbtree.h: struct rb_node) say everything twice, too: who has a child is
 * its parent. Goes through the tree that node is on, from its root; where a child has another parent,
 * tells which of the two words is wrong by one bit. False for a tree that is whole, for one that is wrong
 * in another way, and where there is none. *budget: nodes that may still be read, taken off.
 */
bool broken_tree_find(struct kernel *kernel, uint64_t node, unsigned *budget,
		      struct broken_list *ret);
/*
 * On the way down from a root, the word of a node that holds this value in the place of a child: who goes along the
 * tree meets it there, whatever the node's memory is now. 0: there is none. astray->at is not 0 where one bit is
 * wrong of the link that leads to the node.
 */
uint64_t broken_tree_find_child(struct kernel *kernel, uint64_t root, uint64_t value,
				unsigned *budget, struct broken_list *astray);
/* As broken_tree_find() where only the node is known to which the wrong word leads. */
bool broken_tree_find_stray(struct kernel *kernel, uint64_t stray, struct broken_list *ret);
/* Whoever went on from the wrong word, left or right: does he meet an address at most reach from bad? */
bool broken_tree_leads_to(struct kernel *kernel, const struct broken_list *tree, uint64_t bad,
			  uint64_t reach, unsigned *ret);

#endif
