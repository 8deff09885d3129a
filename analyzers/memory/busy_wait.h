/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_BUSY_WAIT
#define TRIAGE_MEMORY_BUSY_WAIT

#include "crash/crash.h"

/* A loop that goes on until one word of memory changes, and that nothing else ends. */
struct busy_wait {
	uint64_t at;   /* what is read */
	uint64_t size; /* bytes of it */
	uint64_t value;
	uint64_t code; /* of the function that has the loop, by way of what others it calls */
};

/*
 * Is the code at the crash's registers in such a loop? It is run on from there, on the dump's memory, until all is as
 * it was before, and has then read one place alone besides its own stack. ERR_NOMEM.
 */
struct err *busy_wait_find(const struct crash *crash, struct busy_wait *ret, bool *found);

#endif
