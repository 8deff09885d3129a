/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_STUCK_CPU_EDGES
#define TRIAGE_STUCK_CPU_EDGES

#include "analysis.h"
#include "cpus/cpu_state.h"

/* Adds CPUs that wait for others to the locks, as edges of the wait-for graph. */
struct err *cpu_edges_report(struct analysis *analysis, const struct cpu_states *states);

#endif
