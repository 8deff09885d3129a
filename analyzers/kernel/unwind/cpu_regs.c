/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The registers of each CPU, out of the dump's notes, or where the kernel itself kept them. */
#include "kernel/unwind/cpu_regs.h"

#include <elf.h>
#include <string.h>

#include "kernel/dump/dump.h"
#include "kernel/dump/dump_notes.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/types/object.h"
#include "kernel/unwind/stacks.h"

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

	if (!regs_known(regs, REG_RSP) || regs_user_mode(regs) ||
	    !stacks_find(kernel, regs->value[REG_RSP], &stack))
		return -1;
	return stack.cpu;
}

/* Where a CPU keeps the note of its registers (kernel/kexec_core.c: crash_notes, a per-CPU pointer). */
static bool find_crash_note(struct kernel *kernel, unsigned cpu, uint64_t *ret)
{
	uint64_t pointer;

	return err_ok(variable_read(kernel, "crash_notes", 8, &pointer)) && pointer &&
	       err_ok(percpu_address(kernel->percpu, pointer, cpu, ret));
}

static bool saved_notes(struct kernel *kernel, unsigned cpu)
{
	uint64_t note;
	uint32_t name_size;

	return find_crash_note(kernel, cpu, &note) &&
	       err_ok(memory_read_u32(kernel->memory, note, &name_size)) && name_size;
}

/* Each CPU's note by the order of those that saved one; -1 for none. */
static void assign_by_order(struct kernel *kernel, int32_t *notes, unsigned cpus)
{
	int32_t next = 0;

	for (unsigned cpu = 0; cpu < cpus; cpu++)
		notes[cpu] = saved_notes(kernel, cpu) ? next++ : -1;
	/* Nobody saved any: these are QEMU's. */
	for (unsigned cpu = 0; !next && cpu < cpus; cpu++)
		notes[cpu] = (int32_t)cpu;
}

/* A stack that tells whose a note is outweighs the order, and no other CPU keeps that note. */
static struct err *assign_by_stack(struct kernel *kernel, int32_t *notes, unsigned cpus)
{
	size_t count = MIN(dump_cpu_count(kernel->dump), PERCPU_MAX);
	_free_ int32_t *owners = calloc(count + 1, sizeof(*owners));
	struct regs regs;

	if (!owners)
		return &err_nomem;
	for (size_t note = 0; note < count; note++)
		owners[note] = TRY_OK(dump_cpu_regs(kernel->dump, note, &regs))
				       ? cpu_by_stack(kernel, &regs)
				       : -1;
	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		int32_t note = notes[cpu];

		if (note >= 0 &&
		    ((size_t)note >= count || (owners[note] >= 0 && owners[note] != (int32_t)cpu)))
			notes[cpu] = -1;
	}
	for (size_t note = 0; note < count; note++)
		if (owners[note] >= 0 && (unsigned)owners[note] < cpus)
			notes[owners[note]] = (int32_t)note;
	return NULL;
}

struct err *cpu_regs_find_notes(struct kernel *kernel, int32_t **ret)
{
	unsigned cpus = percpu_cpus(kernel->percpu);
	_free_ int32_t *notes = calloc(cpus, sizeof(*notes));

	if (!notes)
		return &err_nomem;
	assign_by_order(kernel, notes, cpus);
	if (kernel->dump)
		TRY(assign_by_stack(kernel, notes, cpus));
	*ret = take_ptr(notes);
	return NULL;
}

#define CRASH_NOTE 512 /* bytes: its header, its name, struct elf_prstatus */

static bool get_crash_note(struct kernel *kernel, unsigned cpu, struct regs *ret)
{
	uint8_t bytes[CRASH_NOTE];
	const size_t desc = sizeof(Elf64_Nhdr) + sizeof("CORE") + 3;
	Elf64_Nhdr header;
	uint64_t at;

	if (!find_crash_note(kernel, cpu, &at) ||
	    !err_ok(memory_read(kernel->memory, at, bytes, sizeof(bytes))))
		return false;
	memcpy(&header, bytes, sizeof(header));
	return header.n_type == NT_PRSTATUS && header.n_namesz == sizeof("CORE") &&
	       notes_prstatus(bytes + desc, MIN(header.n_descsz, sizeof(bytes) - desc), ret);
}

/* None, or those that a CPU which never saved any left as zeros. */
static bool are_there(const struct regs *regs)
{
	return regs_known(regs, REG_RIP) && regs_known(regs, REG_RSP) &&
	       (regs->value[REG_RIP] || regs->value[REG_RSP]);
}

bool cpu_regs_fit(struct kernel *kernel, unsigned cpu, const struct regs *regs)
{
	struct stack stack;
	struct symbol symbol;

	if (!are_there(regs))
		return false;
	if (regs_user_mode(regs))
		return true;
	return stacks_find(kernel, regs->value[REG_RSP], &stack)
		       ? stack.cpu == (int32_t)cpu
		       : symbols_at(kernel->symbols, regs->value[REG_RIP], &symbol);
}

static bool get_note(struct kernel *kernel, unsigned cpu, struct regs *ret)
{
	size_t note = cpu;

	if (kernel->cpu_notes) {
		if (cpu >= percpu_cpus(kernel->percpu) || kernel->cpu_notes[cpu] < 0)
			return false;
		note = (size_t)kernel->cpu_notes[cpu];
	}
	return kernel->dump && note < dump_cpu_count(kernel->dump) &&
	       err_ok(dump_cpu_regs(kernel->dump, note, ret)) && are_there(ret);
}

bool cpu_regs_get(struct kernel *kernel, unsigned cpu, struct regs *ret)
{
	struct regs saved;
	bool noted = get_note(kernel, cpu, ret);

	if (noted && cpu_by_stack(kernel, ret) == (int32_t)cpu)
		return true;
	if (!kernel->percpu || cpu >= percpu_cpus(kernel->percpu) ||
	    !get_crash_note(kernel, cpu, &saved) || !cpu_regs_fit(kernel, cpu, &saved))
		return noted;
	*ret = saved;
	return true;
}
