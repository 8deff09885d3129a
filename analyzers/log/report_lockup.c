/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a CPU that is stuck waits for. */
#include "log/report_lockup.h"

#include "kernel/locking/cpu_wait.h"

uint64_t report_spins_for(const struct report *report)
{
	enum cpu_wait wait = cpu_wait_in(report->rip.symbol);
	uint64_t lock = report->regs.value[REG_RDI];

	if ((wait != CPU_WAIT_SPINLOCK && wait != CPU_WAIT_RWLOCK) ||
	    !regs_known(&report->regs, REG_RDI))
		return 0;
	return lock >> 55 == 0x1ff ? lock : 0; /* an address of the kernel */
}

bool report_waits_for_cpu(const struct report *report)
{
	return cpu_wait_in(report->rip.symbol) == CPU_WAIT_CPU;
}
