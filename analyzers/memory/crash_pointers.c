/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory/crash_pointers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "describe.h"
#include "kernel/dump/regs.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/owner.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/task.h"
#include "kernel/unwind/unwind.h"

#define VALUE_FRAMES 4 /* the crashed function's and its callers' stack frames … */
#define VALUE_WORDS 64 /* … words of each … */
#define VALUES_SHOWN 4 /* … and pointers among them, that nothing else holds */
#define LOCKS_SHOWN 16

static void show(struct findings *findings, const char *where, uint64_t value, json_t *owner)
{
	finding_add(findings, FINDING_POINTER, SEVERITY_INFO, 1.0,
		    json_pack("{s:o, s:o, s:o}", "where", json_escaped(where), "value",
			      json_address(value), "owner", owner),
		    NULL);
}

static void show_owner(struct kernel *kernel, struct findings *findings, const char *where,
		       uint64_t value)
{
	const struct task *task;
	struct owner owner;

	owner_find(kernel, value, &owner);
	owner_find_frame(kernel, &owner);
	json_t *json = describe_owner(&owner);
	if (kernel->tasks && owner.kind == OWNER_SLAB &&
	    (task = tasks_find(kernel->tasks, owner.start)))
		json_put(json, "task", describe_task(task));
	show(findings, where, value, json);
}

/* An address of the kernel and no error code. */
static bool is_pointer(const struct kernel *kernel, uint64_t value)
{
	return memory_is_kernel(kernel->memory, value) && value < -4096ull;
}

static bool is_shown(const struct findings *findings, uint64_t value)
{
	const struct finding *finding;
	uint64_t other;
	size_t from = 0;

	while ((finding = findings_next(findings, FINDING_POINTER, &from)))
		if (json_address_value(json_object_get(finding->evidence, "value"), &other) &&
		    other == value)
			return true;
	return false;
}

/* --- registers -------------------------------------------------------------------------------- */

/*
 * What alloc_percpu() gives is no address but the way from a CPU's area to one, and looks like a
 * user's. The kernel maps its areas (mm/percpu-vm.c), and their mapping tells it from that.
 */
static void show_percpu_offset(const struct crash *crash, struct findings *findings,
			       const char *where, uint64_t value)
{
	struct kernel *kernel = crash->kernel;
	struct owner owner;
	uint64_t address;

	if (value >> 47 || value <= UINT32_MAX || crash->cpu < 0 || !kernel->percpu ||
	    !err_ok(percpu_address(kernel->percpu, value, (unsigned)crash->cpu, &address)))
		return;
	owner_find(kernel, address, &owner);
	if (owner.kind != OWNER_VMALLOC || strncmp(owner.symbol, "pcpu_", 5))
		return;
	owner = (struct owner){.kind = OWNER_PERCPU, .cpu = crash->cpu};
	json_t *json = describe_owner(&owner);
	json_put(json, "text",
		 json_sprintf("per-CPU pointer, to 0x%016" PRIx64 " on CPU %d", address,
			      crash->cpu));
	show(findings, where, value, json);
}

static void show_registers(const struct crash *crash, struct findings *findings)
{
	const struct regs *regs = crash_regs(crash);

	for (enum reg reg = REG_RAX; reg <= REG_R15; reg++) {
		if (!regs_known(regs, reg))
			continue;
		if (is_pointer(crash->kernel, regs->value[reg]))
			show_owner(crash->kernel, findings, reg_name(reg), regs->value[reg]);
		else
			show_percpu_offset(crash, findings, reg_name(reg), regs->value[reg]);
	}
}

/* --- the stack -------------------------------------------------------------------------------- */

/* Data somewhere else: neither code, which return addresses are, nor a place on this stack. */
static bool is_data_pointer(const struct crash *crash, uint64_t value)
{
	struct kernel *kernel = crash->kernel;
	struct symbol symbol;

	if (!is_pointer(kernel, value) ||
	    (crash->task && value - crash->task->stack < crash->task->stack_size))
		return false;
	enum va_class class = memory_class(kernel->memory, value);
	return (class != VA_IMAGE && class != VA_MODULE) ||
	       (symbols_at(kernel->symbols, value, &symbol) && !strchr("tTwW", symbol.type));
}

/* What a function keeps on the stack: locals, saved registers. */
static void show_frame_values(const struct crash *crash, struct findings *findings, size_t index)
{
	const struct frame *frame = &crash->trace.frames[index], *caller = frame + 1;
	struct kernel *kernel = crash->kernel;
	struct symbol symbol;
	unsigned shown = 0;
	char where[200];
	uint64_t value;

	/* A scan does not know where frames begin. */
	if (frame->sp % 8 || frame->source == FOUND_SCAN || caller->source == FOUND_SCAN ||
	    !symbols_at(kernel->symbols, frame_lookup_address(frame), &symbol))
		return;
	uint64_t end = MIN(caller->return_slot, frame->sp + 8 * VALUE_WORDS);
	for (uint64_t at = frame->sp; at < end && shown < VALUES_SHOWN; at += 8) {
		if (!err_ok(memory_read_u64(kernel->memory, at, &value)))
			break;
		if (!is_data_pointer(crash, value) || is_shown(findings, value))
			continue;
		snprintf(where, sizeof(where), "stack of %.120s() +0x%" PRIx64, symbol.name,
			 at - frame->sp);
		show_owner(kernel, findings, where, value);
		shown++;
	}
}

static void show_stack_values(const struct crash *crash, struct findings *findings)
{
	for (size_t i = crash->frame; i < crash->frame + VALUE_FRAMES && i + 1 < crash->trace.count;
	     i++)
		show_frame_values(crash, findings, i);
}

/* --- locks ------------------------------------------------------------------------------------ */

static void show_locks(struct kernel *kernel, const struct locks *locks, struct findings *findings)
{
	char where[400];
	size_t shown = 0;

	for (size_t i = 0; i < locks->count && shown < LOCKS_SHOWN; i++) {
		const struct lock *lock = locks->list[i];

		if (!lock->address)
			continue;
		snprintf(where, sizeof(where), "lock %.320s", lock->place.name);
		show_owner(kernel, findings, where, lock->address);
		shown++;
	}
}

void crash_pointers_show(const struct crash *crash, const struct locks *locks,
			 struct findings *findings)
{
	/* Who panics of a hung task or on request knows nothing of what is wrong. */
	bool bystander = crash->kind == CRASH_HUNG_TASK || crash->kind == CRASH_SYSRQ;

	if (crash->exception && crash->fault)
		show_owner(crash->kernel, findings, "fault address", crash->address);
	if (crash->trace.count && !bystander) {
		show_registers(crash, findings);
		show_stack_values(crash, findings);
	}
	if (!crash->exception)
		show_locks(crash->kernel, locks, findings);
}
