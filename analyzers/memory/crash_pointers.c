/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which addresses of a crash are worth a look, and who owns each. */
#include "memory/crash_pointers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "kernel/dump/regs.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/unwind/frame.h"
#include "memory/kernel_pointer.h"
#include "memory/memory_found.h"
#include "memory/pointer_use.h"

#define VALUE_FRAMES 4 /* stack frames that are read, from the crashed function's outwards */
#define VALUE_WORDS 64 /* of each frame that are read */
#define VALUES_SHOWN 4 /* pointers of each frame that are shown, if nothing else showed them */
#define LOCKS_SHOWN 16

static struct crash_pointer describe(struct analysis *analysis, const char *where, uint64_t value)
{
	struct kernel *kernel = analysis->kernel;
	struct crash_pointer pointer = {.value = value};

	copy_string(pointer.where, sizeof(pointer.where), where);
	owner_find(kernel, value, &pointer.owner);
	owner_find_frame(kernel, &pointer.owner);
	if (kernel->tasks && pointer.owner.kind == OWNER_SLAB)
		pointer.task = tasks_find(kernel->tasks, pointer.owner.start);
	return pointer;
}

static void add(struct analysis *analysis, const char *where, uint64_t value)
{
	struct crash_pointer pointer = describe(analysis, where, value);

	memory_found_pointer(analysis, &pointer);
}

static bool is_shown(const struct memory_facts *facts, uint64_t value)
{
	for (size_t i = 0; i < facts->pointer_count; i++)
		if (facts->pointers[i].value == value)
			return true;
	return false;
}

/* --- registers -------------------------------------------------------------------------------- */

/* Memory that the kernel mapped for per-CPU areas (mm/percpu-vm.c), or a CPU's unit of the first of them. */
static bool is_percpu_memory(struct kernel *kernel, uint64_t address)
{
	struct owner owner;
	unsigned cpu;
	uint64_t unit;

	owner_find(kernel, address, &owner);
	return (owner.kind == OWNER_VMALLOC && !strncmp(owner.symbol, "pcpu_", 5)) ||
	       percpu_unit(kernel, address, &cpu, &unit);
}

/*
 * alloc_percpu() returns no address but an offset from each CPU's area, which looks like an address
 * of user space. It is one of these if it leads, for the crashed CPU, into memory of such areas.
 */
static void add_percpu_offset(struct analysis *analysis, const char *where, uint64_t value)
{
	struct crash_pointer pointer = {.value = value};
	struct kernel *kernel = analysis->kernel;
	int cpu = analysis->crash->cpu;

	if (value >> 47 || cpu < 0 || !kernel->percpu ||
	    !err_ok(percpu_address(kernel->percpu, value, (unsigned)cpu, &pointer.percpu)) ||
	    !is_percpu_memory(kernel, pointer.percpu))
		return;
	copy_string(pointer.where, sizeof(pointer.where), where);
	pointer.owner = (struct owner){.kind = OWNER_PERCPU, .cpu = cpu};
	memory_found_pointer(analysis, &pointer);
}

#define OFFSETS_FROM 0x10000 /* smaller ones are members of what a NULL pointer leads to */

/*
 * The pointer that could not be followed, where it looks like a user's: poison does not. A page that is there is a
 * program's own.
 */
static void add_percpu_fault(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;
	uint64_t value = crash->pointer_known ? crash->pointer : crash->address;
	bool present = crash->error_code != UINT64_MAX && crash->error_code & 1;

	if (value >= OFFSETS_FROM && !present && crash->fault_class &&
	    !strcmp(crash->fault_class, "user"))
		add_percpu_offset(analysis, "faulting pointer", value);
}

static void add_register(struct analysis *analysis, enum reg reg, uint64_t value)
{
	struct crash_pointer pointer = describe(analysis, reg_name(reg), value);

	pointer.used = pointer.owner.kind == OWNER_SLAB &&
		       pointer.owner.slab.state == OBJECT_FREE &&
		       pointer_use_is(analysis->crash, reg);
	memory_found_pointer(analysis, &pointer);
}

static void add_registers(struct analysis *analysis)
{
	const struct regs *regs = crash_regs(analysis->crash);

	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++) {
		if (!regs_known(regs, reg))
			continue;
		if (kernel_pointer_is(analysis->kernel->memory, regs->value[reg]))
			add_register(analysis, reg, regs->value[reg]);
		else if (regs->value[reg] > UINT32_MAX) /* smaller ones are mere numbers, mostly */
			add_percpu_offset(analysis, reg_name(reg), regs->value[reg]);
	}
}

/* --- the stack -------------------------------------------------------------------------------- */

/* A pointer to data: not to code, as return addresses are, and not into this stack itself. */
static bool is_data_pointer(const struct crash *crash, uint64_t value)
{
	struct kernel *kernel = crash->kernel;
	struct symbol symbol;

	if (!kernel_pointer_is(kernel->memory, value) ||
	    (crash->task && value - crash->task->stack < crash->task->stack_size))
		return false;
	enum va_class class = memory_class(kernel->memory, value);
	return (class != VA_IMAGE && class != VA_MODULE) ||
	       (symbols_at(kernel->symbols, value, &symbol) && !strchr("tTwW", symbol.type));
}

/* What a function keeps on the stack: locals, saved registers. */
static void add_frame_values(struct analysis *analysis, size_t index)
{
	const struct crash *crash = analysis->crash;
	const struct frame *frame = &crash->trace.frames[index], *caller = frame + 1;
	struct symbol symbol;
	unsigned added = 0;
	char where[200];
	uint64_t value;

	/* A scan does not know where frames begin. */
	if (frame->sp % 8 || frame->source == FOUND_SCAN || caller->source == FOUND_SCAN ||
	    !crash_frame_symbol(crash, index, &symbol))
		return;
	uint64_t end = MIN(caller->return_slot, frame->sp + 8 * VALUE_WORDS);
	for (uint64_t at = frame->sp; at < end && added < VALUES_SHOWN; at += 8) {
		if (!err_ok(memory_read_u64(analysis->kernel->memory, at, &value)))
			break;
		if (!is_data_pointer(crash, value) || is_shown(&analysis->memory, value))
			continue;
		snprintf(where, sizeof(where), "stack of %.120s() +0x%" PRIx64, symbol.name,
			 at - frame->sp);
		add(analysis, where, value);
		added++;
	}
}

static void add_stack_values(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;

	for (size_t i = crash->frame; i < crash->frame + VALUE_FRAMES && i + 1 < crash->trace.count;
	     i++)
		add_frame_values(analysis, i);
}

/* --- locks ------------------------------------------------------------------------------------ */

static void add_locks(struct analysis *analysis)
{
	const struct locks *locks = &analysis->locks;
	char where[400];
	size_t added = 0;

	for (size_t i = 0; i < locks->count && added < LOCKS_SHOWN; i++) {
		const struct lock *lock = locks->list[i];

		if (!lock->address)
			continue;
		snprintf(where, sizeof(where), "lock %.320s", lock->place.name);
		add(analysis, where, lock->address);
		added++;
	}
}

void crash_pointers_find(struct analysis *analysis)
{
	const struct crash *crash = analysis->crash;
	/* The task that reports a hang or is told to panic has nothing to do with what is wrong. */
	bool bystander = crash->kind == CRASH_HUNG_TASK || crash->kind == CRASH_SYSRQ;

	if (crash->exception && crash->fault) {
		add(analysis, "fault address", crash->address);
		add_percpu_fault(analysis);
	}
	if (crash->trace.count && !bystander) {
		add_registers(analysis);
		add_stack_values(analysis);
	}
	if (!crash->exception)
		add_locks(analysis);
}
