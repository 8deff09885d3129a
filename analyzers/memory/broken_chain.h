/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_BROKEN_CHAIN
#define TRIAGE_MEMORY_BROKEN_CHAIN

#include "kernel/kernel.h"
#include "memory/bad_value.h"
#include "memory/memory_facts.h"

/*
 * A chain whose nodes have a link one way alone says nothing twice. Still, the nodes that were gone
 * through are objects of one cache, linked at one place, and so is what comes next: when the last link
 * leads to an object that is no such node, and one bit away lies one that is and that nobody else leads
 * to, the link is wrong in that bit. False otherwise, and when several could be meant.
 */
bool broken_chain_find(struct kernel *kernel, const struct bad_value *bad, struct broken_list *ret);

#endif
