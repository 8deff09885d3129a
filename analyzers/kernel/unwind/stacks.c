/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which memory is a kernel stack: those of tasks, and those that each CPU has. */
#include "kernel/unwind/stacks.h"

#include <string.h>

#include "base/array.h"
#include "base/parse.h"
#include "base/str.h"
#include "kernel/dump/dump.h"
#include "kernel/memory/memory.h"
#include "kernel/tasks/percpu.h"
#include "kernel/tasks/tasks.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

/* Stacks that belong to CPUs, by address. */
struct stacks {
	struct stack *list;
	size_t count;
};

/* IRQ_STACK_SIZE is 16 KiB wherever the types do not say so themselves. */
#define IRQ_STACK_SIZE (4 * PAGE_SIZE)
#define STACK_LARGEST (64 * PAGE_SIZE)

static struct err *add(struct stacks *stacks, const struct stack *stack)
{
	if (stack->high <= stack->low || stack->high - stack->low > STACK_LARGEST)
		return NULL;
	if (!array_grow(stacks->list, stacks->count))
		return &err_nomem;
	stacks->list[stacks->count++] = *stack;
	return NULL;
}

/* A per-CPU variable of 8 bytes, by its first name that this kernel knows. */
static bool read_percpu(struct kernel *kernel, unsigned cpu, const char *const *names, size_t count,
			uint64_t *ret)
{
	uint64_t address;

	for (size_t i = 0; i < count; i++)
		if (err_ok(percpu_symbol(kernel, names[i], cpu, &address)) &&
		    err_ok(memory_read_u64(kernel->memory, address, ret)))
			return true;
	return false;
}

static bool irq_stack_top(struct kernel *kernel, unsigned cpu, uint64_t *ret)
{
	static const char *const names[] = {
		"hardirq_stack_ptr", /* 758a2e312228 v5.2; in pcpu_hot v6.2 to v6.14 */
		"irq_stack_ptr",
		"__hardirq_stack_ptr",
	};
	uint64_t hot;

	if (err_ok(percpu_symbol(kernel, "pcpu_hot", cpu, &hot)) &&
	    err_ok(member_read(kernel, hot, MEMBER_PCPU_HOT_IRQ_STACK, ret)))
		return true;
	return read_percpu(kernel, cpu, names, ARRAY_SIZE(names), ret);
}

/* The pointer is the top less 64 bytes (before v5.2), less 8 (951c2a51ae75 v5.12), or the top. */
static struct err *add_irq_stack(struct kernel *kernel, struct stacks *stacks, unsigned cpu)
{
	struct stack stack = {.kind = STACK_IRQ, .cpu = (int32_t)cpu};
	uint64_t size = type_size(types_find(kernel->types, TYPE_STRUCT, "irq_stack"));
	uint64_t top;

	if (!irq_stack_top(kernel, cpu, &top) || !memory_is_kernel(kernel->memory, top))
		return NULL;
	stack.high = (top + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
	stack.low =
		stack.high - (size >= PAGE_SIZE && size <= STACK_LARGEST ? size : IRQ_STACK_SIZE);
	return add(stacks, &stack);
}

/*
 * Each IST stack by the members of struct cea_exception_stacks (019b17b3ffe4 v5.2): DF_stack,
 * DF_stack_guard, …
 */
static struct err *add_named_stacks(struct kernel *kernel, struct stacks *stacks, unsigned cpu,
				    bool *found)
{
	static const char *const name[] = {"cea_exception_stacks"};
	struct type type = types_find_struct(kernel->types, "cea_exception_stacks");
	struct member member;
	uint64_t base;

	*found = type.kind == TYPE_STRUCT && read_percpu(kernel, cpu, name, 1, &base) &&
		 memory_is_kernel(kernel->memory, base);
	for (size_t i = 0; *found && i < type_count(type); i++) {
		struct stack stack = {.kind = STACK_EXCEPTION, .cpu = (int32_t)cpu};
		const char *end;

		if (!type_member_at(type, i, &member) || !member.name)
			continue;
		end = strstr(member.name, "_stack");
		if (!end || strcmp(end, "_stack"))
			continue; /* a guard page */
		copy_string(stack.name, MIN(sizeof(stack.name), (size_t)(end - member.name) + 1),
			    member.name);
		stack.low = base + member_offset(&member);
		stack.high = stack.low + type_size(member.type);
		TRY(add(stacks, &stack));
	}
	return NULL;
}

static bool read_tss(struct kernel *kernel, unsigned cpu, uint64_t *ret)
{
	static const char *const names[] = {
		"cpu_tss_rw", /* c482feefe1ae v4.15 */
		"cpu_tss",    /* 24933b82c0d9 v4.1 */
		"init_tss",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (err_ok(percpu_symbol(kernel, names[i], cpu, ret)))
			return true;
	return false;
}

/*
 * Before v5.2 the tops are in the TSS. A stack has one page, or two where it is for debug
 * exceptions: it reaches two pages down, or to the next lower top.
 */
static struct err *add_ist_stacks(struct kernel *kernel, struct stacks *stacks, unsigned cpu,
				  uint64_t tss)
{
	const struct member *member = members_get(kernel->members, MEMBER_TSS_IST);
	uint8_t raw[7 * 8];
	uint64_t tops[7];

	if (!member ||
	    !err_ok(memory_read(kernel->memory, tss + member_offset(member), raw, sizeof(raw))))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(tops); i++)
		tops[i] = load_u64(raw + i * 8);
	for (size_t i = 0; i < ARRAY_SIZE(tops); i++) {
		struct stack stack = {.kind = STACK_EXCEPTION, .cpu = (int32_t)cpu};

		if (!memory_is_kernel(kernel->memory, tops[i]))
			continue;
		stack.high = tops[i];
		stack.low = tops[i] - 2 * PAGE_SIZE;
		for (size_t j = 0; j < ARRAY_SIZE(tops); j++)
			if (tops[j] < tops[i] && tops[j] > stack.low)
				stack.low = tops[j];
		TRY(add(stacks, &stack));
	}
	return NULL;
}

/* The trampoline stack ends where the TSS sends entries from user mode (c482feefe1ae v4.15). */
static struct err *add_entry_stack(struct kernel *kernel, struct stacks *stacks, unsigned cpu,
				   uint64_t tss)
{
	uint64_t size = type_size(types_find_struct(kernel->types, "entry_stack"));
	struct stack stack = {.kind = STACK_ENTRY, .cpu = (int32_t)cpu};

	if (!size) /* its name until 4fe2d8b11a37 v4.16 */
		size = type_size(types_find_struct(kernel->types, "SYSENTER_stack"));
	if (!size || !err_ok(member_read(kernel, tss, MEMBER_TSS_SP0, &stack.high)) ||
	    !memory_is_kernel(kernel->memory, stack.high))
		return NULL;
	stack.low = stack.high - size;
	return add(stacks, &stack);
}

static struct err *add_cpu(struct kernel *kernel, struct stacks *stacks, unsigned cpu)
{
	uint64_t tss;
	bool named;

	TRY(add_irq_stack(kernel, stacks, cpu));
	TRY(add_named_stacks(kernel, stacks, cpu, &named));
	if (!read_tss(kernel, cpu, &tss))
		return NULL;
	if (!named)
		TRY(add_ist_stacks(kernel, stacks, cpu, tss));
	return add_entry_stack(kernel, stacks, cpu, tss);
}

static int compare_stacks(const void *a, const void *b)
{
	const struct stack *x = a, *y = b;

	return x->low < y->low ? -1 : x->low > y->low;
}

struct err *stacks_open(struct kernel *kernel, struct stacks **ret)
{
	struct stacks *stacks = calloc(1, sizeof(*stacks));
	unsigned cpus = kernel->percpu ? percpu_cpus(kernel->percpu) : 0;

	if (!stacks)
		return &err_nomem;
	for (unsigned cpu = 0; cpu < cpus; cpu++) {
		struct err *err = add_cpu(kernel, stacks, cpu);

		if (err) {
			stacks_close(stacks);
			return err;
		}
	}
	if (stacks->count)
		qsort(stacks->list, stacks->count, sizeof(*stacks->list), compare_stacks);
	*ret = stacks;
	return NULL;
}

void stacks_close(struct stacks *stacks)
{
	if (!stacks)
		return;
	free(stacks->list);
	free(stacks);
}

bool stacks_find(const struct kernel *kernel, uint64_t address, struct stack *ret)
{
	const struct stacks *stacks = kernel->stacks;
	const struct task *task = kernel->tasks ? tasks_by_stack(kernel->tasks, address) : NULL;

	if (task) {
		*ret = (struct stack){.kind = STACK_TASK,
				      .low = task->stack,
				      .high = task->stack + task->stack_size,
				      .task = task,
				      .cpu = task->on_cpu};
		return true;
	}
	size_t next = array_first(stacks ? stacks->count : 0, i, stacks->list[i].low > address);

	if (next && address < stacks->list[next - 1].high) {
		*ret = stacks->list[next - 1];
		return true;
	}
	*ret = (struct stack){.kind = STACK_NONE, .cpu = -1};
	return false;
}

bool stacks_of_cpu(const struct kernel *kernel, unsigned cpu, size_t *at, struct stack *ret)
{
	const struct stacks *stacks = kernel->stacks;

	while (stacks && *at < stacks->count)
		if (stacks->list[(*at)++].cpu == (int32_t)cpu) {
			*ret = stacks->list[*at - 1];
			return true;
		}
	return false;
}

const char *stacks_kind_name(enum stack_kind kind)
{
	static const char *const names[] = {"none", "task", "irq", "exception", "entry"};

	return names[kind];
}
