/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_ENDLESS_CHAIN
#define TRIAGE_MEMORY_ENDLESS_CHAIN

#include "crash/crash.h"

/* A chain whose end is NULL by the code that walks it, and that leads back into itself. */
struct endless_chain {
	uint64_t node;	 /* where the circle begins, seen from the node that the code was at */
	uint64_t offset; /* of the link in a node, in bytes */
	uint64_t length; /* nodes of the circle */
};

/*
 * Does the function of the crash's registers go along such a chain? Its code tells: a register is replaced by what
 * it points to, and compared with NULL, over and over. A ring, which ends where it began (list_head), has no such
 * comparison and is none. False where the walk ends, or goes on beyond what is read of it.
 */
bool endless_chain_find(const struct crash *crash, struct endless_chain *ret);

#endif
