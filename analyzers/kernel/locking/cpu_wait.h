/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_CPU_WAIT
#define TRIAGE_KERNEL_LOCKING_CPU_WAIT

/* What a CPU waits for in a function, without giving itself up: spin_functions.def, answer_functions.def. */
enum cpu_wait {
	CPU_WAIT_NONE,
	CPU_WAIT_SPINLOCK, /* its first argument is the lock */
	CPU_WAIT_RWLOCK,   /* likewise */
	CPU_WAIT_CPU,	   /* another CPU's answer to an inter-processor interrupt */
};

/* function may bear a compiler's suffix. */
enum cpu_wait cpu_wait_in(const char *function);

#endif
