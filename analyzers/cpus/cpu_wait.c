/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a CPU waits for other CPUs in, by its stack. */
#include "cpus/cpu_wait.h"

#include <string.h>

#include "crash/culprit.h"

static const struct {
	const char *function;
	enum cpu_wait_how how;
} functions[] = {
#define CPU_WAIT(function, how) {function, CPU_WAIT_##how},
#include "cpus/cpu_waits.def"
#undef CPU_WAIT
};

static const char *const spin_functions[] = {
#define SPIN(function, rwlock) function,
#include "kernel/locking/spin_functions.def"
#undef SPIN
};

#define WAIT_FRAMES 16 /* from the loop that waits to who wanted it */

static enum cpu_wait_how how_in(const char *function)
{
	for (size_t i = 0; i < ARRAY_SIZE(functions); i++)
		if (!strcmp(functions[i].function, function))
			return functions[i].how;
	return CPU_WAIT_NONE;
}

void cpu_wait_find(struct kernel *kernel, const struct cpu_state *state, struct cpu_wait *ret)
{
	size_t end = MIN(state->trace.count, state->at + WAIT_FRAMES);
	struct report_place place;

	*ret = (struct cpu_wait){0};
	for (size_t i = state->at; i < end; i++) {
		if (i > state->at && state->trace.frames[i].kind == FRAME_IRQ)
			break;
		if (!cpu_state_function(kernel, state, i, &place))
			continue;
		if (ret->how == CPU_WAIT_NONE)
			ret->how = how_in(place.symbol);
		if (ret->how == CPU_WAIT_CALL && !culprit_is_helper(place.symbol)) {
			ret->caller = place;
			break;
		}
	}
}

bool cpu_wait_spins(struct kernel *kernel, const struct cpu_state *state)
{
	struct report_place place;

	if (!cpu_state_function(kernel, state, state->at, &place))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(spin_functions); i++)
		if (!strcmp(spin_functions[i], place.symbol))
			return true;
	return false;
}

bool cpu_wait_matters(enum crash_kind kind)
{
	switch (kind) {
	case CRASH_SOFT_LOCKUP:
	case CRASH_HARD_LOCKUP:
	case CRASH_RCU_STALL:
	case CRASH_HUNG_TASK:
	case CRASH_NMI:
	case CRASH_SYSRQ:
	case CRASH_CSD_STALL:
	case CRASH_WORKQUEUE_LOCKUP:
		return true;
	default:
		return false;
	}
}
