/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_SPIN_HOLDER
#define TRIAGE_LOCKS_SPIN_HOLDER

#include "locks/spin_cpus.h"

/*
 * How likely a CPU that does not spin holds a lock, 0 … 1, with the reason in why: an instruction
 * that takes this very lock and none that gives it back before the place it stopped, the address
 * of the lock or of the object it is part of (0: not known) on its stack.
 */
double spin_holder_score(struct kernel *kernel, const struct spin_cpu *cpu, uint64_t lock,
			 uint64_t object, char *why, size_t size);

#endif
