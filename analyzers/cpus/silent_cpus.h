/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_CPUS_SILENT_CPUS
#define TRIAGE_CPUS_SILENT_CPUS

#include "analysis.h"
#include "cpus/silent_cpu.h"

/* Adds what is known of the CPUs that do not answer to the findings. */
struct err *silent_cpus_report(struct analysis *analysis, const struct cpu_states *states);

#endif
