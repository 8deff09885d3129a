/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CPUS_CPU_STATE
#define TRIAGE_CPUS_CPU_STATE

#include "crash/crash.h"
#include "kernel/tasks/task.h"
#include "kernel/unwind/trace.h"
#include "log/report_place.h"

/* What a CPU was at before the machine's death reached it. */
struct cpu_state {
	unsigned cpu;
	const struct task *task; /* current there */
	struct trace trace;
	size_t at; /* the frame it was stopped in, past panic and what stops CPUs */
	bool lost; /* within an interrupt, and what that came upon is on no stack that could be read */
	bool flags_known;    /* of that frame */
	bool interrupts_off; /* there; false too where that is not known */
	bool interrupted;    /* at is no idle loop but something that came upon it */
	double behind_s;     /* its run queue's clock against the newest one's; 0 unknown */
};

struct cpu_states {
	struct cpu_state *list;
	size_t count;
};

/* All CPUs whose stack can be read; crash may be NULL. ERR_NOMEM. The caller deinits. */
struct err *cpu_states_open(struct kernel *kernel, const struct crash *crash,
			    struct cpu_states *ret);
void cpu_states_deinit(struct cpu_states *states);
#define _cpu_states_ _cleanup_(cpu_states_deinit)

/* The function of a frame, without a compiler's suffix; false where no symbol fits. */
bool cpu_state_function(struct kernel *kernel, const struct cpu_state *state, size_t frame,
			struct report_place *ret);
/* The innermost function from a frame on that is no helper of others. False: there is none, or what ran is lost. */
bool cpu_state_culprit(struct kernel *kernel, const struct cpu_state *state, size_t from,
		       struct report_place *ret);
/* Nothing ran there but the idle task's own loop. */
bool cpu_state_idle(const struct cpu_state *state);

#endif
