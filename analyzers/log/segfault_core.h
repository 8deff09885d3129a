/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_SEGFAULT_CORE
#define TRIAGE_LOG_SEGFAULT_CORE

#include "log/segfault.h"

struct log;

/*
 * Whether crashes of different programs came together on one core, and how likely that is by luck.
 * Programs of one name but for a number, and crashes at one place of one object, count once.
 */
struct segfault_core {
	int cpu;	   /* of its first crash */
	int core, socket;  /* -1 unknown */
	unsigned programs; /* different ones that crashed on the core */
	unsigned of;	   /* and on all cores together */
	unsigned cpus;	   /* the machine has: more than one */
	bool cpus_known;   /* the log says so; else at least that many by the CPUs' numbers */
	double chance;	   /* that so many of them are on any one core by luck, 0 … 1 */
};

/* CPUs that came up, as the log says; 0 unknown. */
unsigned segfault_cpus(const struct log *log);
/* The core that most programs crashed on; false when they are fewer than three, or CPUs too few. */
bool segfault_core_find(const struct segfault *list, size_t count, unsigned cpus,
			struct segfault_core *ret);
/* P(at least k of n are on one and the same core) when each core takes the share of them. */
double segfault_core_chance(unsigned n, unsigned k, double share);

#endif
