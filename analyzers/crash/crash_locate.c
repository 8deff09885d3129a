/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the CPU that died, its task, stack, and the exception on that stack. */
#include "crash/crash_locate.h"

#include <string.h>

#include "base/str.h"
#include "crash/panic_path.h"
#include "kernel/dump/regs.h"
#include "kernel/locking/sleeper.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/unwind/pt_regs.h"
#include "kernel/unwind/unwind_task.h"

static bool read_cpu_variable(struct kernel *kernel, const char *name, int *cpu)
{
	uint64_t value;

	if (!kernel->symbols || !kernel->percpu ||
	    !err_ok(variable_read(kernel, name, 4, &value)) ||
	    (uint32_t)value >= percpu_cpus(kernel->percpu))
		return false;
	*cpu = (int)value;
	return true;
}

/* What the function at this address does on the panic path; 0 where no symbol fits. */
static unsigned roles_at(struct kernel *kernel, uint64_t address)
{
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, address, &symbol))
		return 0;
	symbol_name_strip_suffix(symbol.name);
	return panic_path_roles(symbol.name);
}

static bool called_panic(const struct crash *crash)
{
	struct symbol symbol;

	for (size_t i = 0; i < crash->trace.count; i++)
		if (crash_frame_symbol(crash, i, &symbol)) {
			symbol_name_strip_suffix(symbol.name);
			if (!strcmp(symbol.name, "panic") || !strcmp(symbol.name, "vpanic"))
				return true;
		}
	return false;
}

/* Without either variable: the CPU whose stack is in the middle of dying. */
static bool search_cpu(struct kernel *kernel, int *cpu)
{
	for (unsigned i = 0; i < percpu_cpus(kernel->percpu); i++) {
		const struct task *task = tasks_on_cpu(kernel->tasks, i);
		_trace_ struct trace trace = {0};

		if (!task || !err_ok(unwind_task(kernel, task, &trace)))
			continue;
		for (size_t j = 0; j < trace.count; j++)
			if (roles_at(kernel, frame_lookup_address(&trace.frames[j])) &
			    PANIC_PATH_DYING) {
				*cpu = (int)i;
				return true;
			}
	}
	return false;
}

/*
 * panic_cpu (58c5661f2144 v4.5) is taken by whoever panics first; crashing_cpu by the CPU that
 * goes on to the capture kernel. As old as that it was 0 until then: without kdump a 0 says nothing, and the
 * stacks are asked first.
 */
static bool find_cpu(struct crash *crash)
{
	struct kernel *kernel = crash->kernel;

	if (read_cpu_variable(kernel, "panic_cpu", &crash->cpu))
		return true;
	bool known = read_cpu_variable(kernel, "crashing_cpu", &crash->cpu);
	return (known && crash->cpu) ||
	       (kernel->percpu && kernel->tasks && kernel->unwinder &&
		search_cpu(kernel, &crash->cpu)) ||
	       known;
}

/* Entry code of CPU exceptions: idtentry since v5.8 (asm_exc_…), plain names before. */
static bool is_exception_entry(const char *name)
{
	static const char *const plain[] = {
		"page_fault",
		"async_page_fault",
		"general_protection",
		"stack_segment",
		"invalid_op",
		"divide_error",
		"double_fault",
		"do_double_fault",
		"overflow",
		"bounds",
		"invalid_TSS",
		"segment_not_present",
		"alignment_check",
		"simd_coprocessor_error",
		"coprocessor_error",
		"device_not_available",
		"int3",
		"handle_stack_overflow", /* of a page fault: see unwind_guard.h */
	};

	if (!strncmp(name, "asm_exc_", 8))
		return strcmp(name, "asm_exc_nmi") != 0;
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		if (!strcmp(name, plain[i]))
			return true;
	return false;
}

static bool entry_at(struct kernel *kernel, uint64_t return_address, char *entry, size_t size)
{
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, return_address - 1, &symbol) ||
	    !is_exception_entry(symbol.name))
		return false;
	copy_string(entry, size, symbol.name);
	return true;
}

static bool take_exception(struct crash *crash, size_t frame, const struct regs *regs)
{
	crash->exception = true;
	crash->frame = frame;
	crash->regs = *regs;
	crash->error_code = regs_known(regs, REG_ORIG_RAX) ? regs->value[REG_ORIG_RAX] : UINT64_MAX;
	return true;
}

/* An exception the unwinder crossed: its entry code is the frame before it. */
static bool exception_in_trace(struct crash *crash)
{
	const struct trace *trace = &crash->trace;

	for (size_t i = 1; i < trace->count; i++) {
		const struct frame *frame = &trace->frames[i];

		if (frame->kind == FRAME_IRQ || frame->kind == FRAME_NMI ||
		    frame->kind == FRAME_USER)
			return false;
		if (frame->kind == FRAME_EXCEPTION &&
		    entry_at(crash->kernel, trace->frames[i - 1].address, crash->entry,
			     sizeof(crash->entry)))
			return take_exception(crash, i, &frame->regs);
	}
	return false;
}

#define PT_REGS_SEARCH 16 /* words between the stack pointer at the fault and the frame below it */

/*
 * An oops that went to kdump: the registers saved are those at the fault itself. The frame the CPU
 * pushed still stands just below that stack pointer, and below it the return address into the
 * entry code, which says which exception it was. For int3 the entry code pushes that frame a second
 * time, with a gap between (2700fefdb2d9 v5.2), and saves the registers below the copy: the right
 * one is that with the return address.
 */
static bool exception_below_stack(struct crash *crash)
{
	const struct frame *first = crash->trace.count ? &crash->trace.frames[0] : NULL;
	struct kernel *kernel = crash->kernel;
	struct type type = types_find_struct(kernel->types, "pt_regs");
	uint64_t size = type_size(type);

	if (!first || first->source != FOUND_REGISTERS || !size ||
	    !regs_known(&first->regs, REG_RSP))
		return false;
	uint64_t top = first->regs.value[REG_RSP] & ~7ull;
	struct regs regs, found = {0};

	crash->entry[0] = '\0';
	for (unsigned i = 0; i < PT_REGS_SEARCH && !crash->entry[0]; i++, top -= 8) {
		uint64_t return_address;

		if (!err_ok(pt_regs_read(kernel, top - size, &regs)) ||
		    regs.value[REG_RIP] != first->regs.value[REG_RIP] ||
		    regs.value[REG_RSP] != first->regs.value[REG_RSP] ||
		    !err_ok(memory_read_u64(kernel->memory, top - size - 8, &return_address)))
			continue;
		if (entry_at(kernel, return_address, crash->entry, sizeof(crash->entry)) ||
		    !found.known)
			found = regs;
	}
	return found.known && take_exception(crash, 0, &found);
}

/* A stack overflow or double fault runs on its own stack: search the IST frame by its registers. */
static bool exception_of_registers(struct crash *crash)
{
	const struct frame *first = crash->trace.count ? &crash->trace.frames[0] : NULL;
	struct symbol symbol;

	if (!first || first->source != FOUND_REGISTERS ||
	    !symbols_at(crash->kernel->symbols, first->address, &symbol))
		return false;
	symbol_name_strip_suffix(symbol.name);
	/* panic() and sysrq save registers inside the functions that save them. */
	if (panic_path_roles(symbol.name) & PANIC_PATH_SAVES || called_panic(crash))
		return false;
	crash->entry[0] = '\0';
	return take_exception(crash, 0, &first->regs);
}

/*
 * In __schedule() the run queue names the next task before the CPU has left the one that gave it up: whose stack it is
 * on tells who runs.
 */
static void correct_task(struct crash *crash)
{
	for (size_t i = 0; i < crash->trace.count; i++) {
		const struct frame *frame = &crash->trace.frames[i];
		struct symbol symbol;

		if (!crash_frame_symbol(crash, i, &symbol) || strcmp(symbol.name, "__schedule") ||
		    !regs_known(&frame->regs, REG_RSP))
			continue;
		const struct task *task =
			tasks_by_stack(crash->kernel->tasks, frame->regs.value[REG_RSP]);
		if (task)
			crash->task = task;
		return;
	}
}

struct err *crash_locate(struct crash *crash)
{
	struct kernel *kernel = crash->kernel;

	if (!kernel->tasks || !find_cpu(crash))
		return NULL;
	crash->task = tasks_on_cpu(kernel->tasks, (unsigned)crash->cpu);
	if (!crash->task || !kernel->unwinder)
		return NULL;
	TRY(unwind_task(kernel, crash->task, &crash->trace));
	if (crash->trace.stale) { /* a stack of before it died says nothing of its death */
		trace_deinit(&crash->trace);
		return NULL;
	}
	correct_task(crash);
	if (!exception_in_trace(crash) && !exception_below_stack(crash))
		exception_of_registers(crash);
	return NULL;
}
