/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_SPIN_HOLDER
#define TRIAGE_LOCKS_SPIN_HOLDER

#include "locks/critical_section.h"
#include "locks/spin_cpus.h"

/* What a call does with spinlocks, for lock_calls.classify. */
enum lock_call spin_holder_classify(struct kernel *kernel, uint64_t target);

/*
 * How likely, 0 … 1, a CPU that does not spin for this lock holds it, with the reason in why: its
 * code took the lock and had not given it back where it stopped, or the address of the lock, or of
 * the object it is part of (0: not known), is on its stack or in a register.
 */
double spin_holder_score(struct kernel *kernel, const struct spin_cpu *cpu, uint64_t lock,
			 uint64_t object, char *why, size_t size);

/*
 * Does a CPU that spins hold that very lock, by the code of the functions further out on its stack, of the task
 * that an interrupt came upon too? The reason goes into why.
 */
bool spin_holder_itself(struct kernel *kernel, const struct spin_cpu *cpu, char *why, size_t size);

/*
 * A task on no CPU whose stack has a function that took this very lock and had not given it back: it sleeps with a
 * spinlock in hand. The reason goes into why; *ret is NULL for none. ERR_NOMEM.
 */
struct err *spin_holder_asleep(struct kernel *kernel, uint64_t lock, const struct task **ret,
			       char *why, size_t size);

#endif
