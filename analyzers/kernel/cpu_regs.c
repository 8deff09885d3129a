/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "base/parse.h"
#include "kernel/object.h"
#include "kernel/stacks.h"

/*
 * Which note holds a CPU's registers. A note's index is its CPU's number in what QEMU writes, but
 * the n-th CPU that saved any in what kdump writes: fs/proc/vmcore.c drops the notes of CPUs that
 * never came to save theirs. Each CPU's crash_notes tells which did; where the stack pointer is on
 * a stack that is known to be one CPU's, that is better still.
 */

/* The CPU the registers were taken on, by their stack; -1 when that tells nothing. */
static int32_t cpu_by_stack(struct kernel *kernel, const struct regs *regs)
{
	struct stack stack;

	if (!regs_known(regs, REG_RSP) ||
	    (regs_known(regs, REG_CS) && (regs->value[REG_CS] & 3) == 3) ||
	    !stacks_find(kernel, regs->value[REG_RSP], &stack))
		return -1;
	return stack.cpu;
}

/* Whether a CPU saved its registers (kernel/kexec_core.c: crash_notes, a per-CPU pointer). */
static bool saved_notes(struct kernel *kernel, unsigned cpu, bool *known)
{
	uint64_t pointer, note;
	uint32_t name_size = 0;

	*known = err_ok(variable_read(kernel, "crash_notes", 8, &pointer)) && pointer &&
		 err_ok(percpu_address(kernel->percpu, pointer, cpu, &note)) &&
		 err_ok(memory_read_u32(kernel->memory, note, &name_size));
	return *known && name_size;
}

/* The index of a CPU's note by order. */
static bool note_by_order(struct kernel *kernel, unsigned cpu, size_t *ret)
{
	size_t before = 0;
	bool any = false;

	for (unsigned i = 0; i < percpu_cpus(kernel->percpu); i++) {
		bool known, saved = saved_notes(kernel, i, &known);

		any |= saved;
		if (i < cpu)
			before += saved;
		if (i == cpu && any && !saved)
			return false;
	}
	*ret = any ? before : cpu;
	return *ret < dump_cpu_count(kernel->dump);
}

bool tasks_cpu_regs(struct kernel *kernel, unsigned cpu, struct regs *ret)
{
	size_t count = kernel->dump ? dump_cpu_count(kernel->dump) : 0, note;
	int32_t owner;

	if (!kernel->percpu)
		return cpu < count && err_ok(dump_cpu_regs(kernel->dump, cpu, ret));
	for (note = 0; note < count; note++)
		if (err_ok(dump_cpu_regs(kernel->dump, note, ret)) &&
		    cpu_by_stack(kernel, ret) == (int32_t)cpu)
			return true;
	if (!note_by_order(kernel, cpu, &note) || !err_ok(dump_cpu_regs(kernel->dump, note, ret)))
		return false;
	owner = cpu_by_stack(kernel, ret);
	return (owner < 0 || owner == (int32_t)cpu) && regs_known(ret, REG_RIP) &&
	       ret->value[REG_RIP];
}
