/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_ENDLESS_CHAIN
#define TRIAGE_MEMORY_ENDLESS_CHAIN

#include "crash/crash.h"

/* A chain or list that a CPU goes along, and that leads back into itself without coming to its end. */
struct endless_chain {
	uint64_t
		node; /* where the circle begins, seen from the head if that is known, else from where the code was */
	uint64_t offset; /* of the link in a node, in bytes */
	uint64_t length; /* nodes of the circle */
	uint64_t
		head; /* of the list, to which the walk never comes back; 0: it has none that is known */
	uint64_t
		other; /* link of the circle in the kernel's or a module's own data, another list's head; 0: none */
	uint64_t loop; /* code of the function that goes along it, by way of what others it calls */
};

/*
 * Does the code at the crash's registers go round for ever? It is run on from there, on the dump's memory: each link
 * leads to the next, by whatever instructions and calls, and after some of them they come again. False where the code
 * comes to an end, needs what cannot be read, or only waits for one word to change. ERR_NOMEM.
 */
struct err *endless_chain_find(const struct crash *crash, struct endless_chain *ret, bool *found);

#endif
