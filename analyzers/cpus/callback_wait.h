/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CPUS_CALLBACK_WAIT
#define TRIAGE_CPUS_CALLBACK_WAIT

#include "cpus/cpu_state.h"

/* A callback that a CPU waits for to end: a timer's function, a tasklet's. */
struct callback_wait {
	const char *words;	       /* "timer function"; NULL: the CPU waits for none */
	struct report_place in;	       /* the function that waits */
	uint64_t object;	       /* the timer, the tasklet; 0 where it was not found */
	uint64_t function;	       /* the callback */
	const struct cpu_state *other; /* the CPU that is in it */
};

/* Whether a CPU waits for a callback; which one, and who runs it, is known where other is not NULL. */
void callback_wait_find(struct kernel *kernel, const struct cpu_states *states,
			const struct cpu_state *state, struct callback_wait *ret);

#endif
