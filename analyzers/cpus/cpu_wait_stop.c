/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stop_machine() (kernel/stop_machine.c): each CPU's stopper thread takes its work off a list and
 * spins until all have. A CPU that still has it on the list has not come.
 */
#include "cpus/cpu_wait.h"

#include "kernel/tasks/percpu.h"
#include "kernel/types/object.h"

bool cpu_wait_stop_pending(struct kernel *kernel, const struct cpu_state *target)
{
	const struct member *works = members_get(kernel->members, MEMBER_STOPPER_WORKS);
	uint64_t stopper, thread, first;

	return works && err_ok(percpu_symbol(kernel, "cpu_stopper", target->cpu, &stopper)) &&
	       err_ok(member_read(kernel, stopper, MEMBER_STOPPER_THREAD, &thread)) &&
	       thread != target->task->address &&
	       err_ok(member_read(kernel, stopper + member_offset(works), MEMBER_LIST_NEXT,
				  &first)) &&
	       first && first != stopper + member_offset(works);
}
