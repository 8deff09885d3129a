/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_FAKE_KERNEL_H
#define TRIAGE_FAKE_KERNEL_H

#include <stdio.h>

#include "btf_build.h"
#include "fake_memory.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/regs.h"
#include "kernel/memory/memory.h"
#include "kernel/modules/module.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"
#include "unit.h"

/*
 * A kernel of fake memory and a few small types for tests of tasks, stacks and the log. Include it
 * in one file of a test program.
 */
static struct kernel kernel;

struct err *memory_read_u32(struct memory *memory, uint64_t va, uint32_t *ret)
{
	uint64_t value;

	TRY(memory_read_uint(memory, va, 4, &value));
	*ret = (uint32_t)value;
	return NULL;
}

bool memory_is_kernel(const struct memory *memory, uint64_t va)
{
	(void)memory;
	return va >> 47 == 0x1ffff;
}

uint64_t memory_page_offset(const struct memory *memory)
{
	(void)memory;
	return FAKE_BASE;
}

/* Where code that no symbol covers may lie. */
static uint64_t fake_modules, fake_modules_end;
/* The direct map ends where the fake memory does. */
static bool fake_bounded;

/* Regions besides: all other kernel addresses are the direct map. */
static struct {
	uint64_t start, end;
	enum va_class class;
} fake_regions[12];
static size_t fake_region_count;

static inline void fake_region(uint64_t start, uint64_t end, enum va_class class)
{
	fake_regions[fake_region_count].start = start;
	fake_regions[fake_region_count].end = end;
	fake_regions[fake_region_count++].class = class;
}

enum va_class memory_class(const struct memory *memory, uint64_t va)
{
	for (size_t i = 0; i < fake_region_count; i++)
		if (va >= fake_regions[i].start && va < fake_regions[i].end)
			return fake_regions[i].class;
	if (va >= fake_modules && va < fake_modules_end)
		return VA_MODULE;
	if (fake_bounded && va - FAKE_BASE >= sizeof(fake.bytes))
		return memory_is_kernel(memory, va) ? VA_HOLE : VA_USER;
	return memory_is_kernel(memory, va) ? VA_DIRECT_MAP : VA_USER;
}

/* The nearest symbol at or below; it reaches to the next, the last one has no size. */
bool symbols_at(struct symbols *symbols, uint64_t address, struct symbol *ret)
{
	size_t best = SIZE_MAX;
	uint64_t next = UINT64_MAX;

	(void)symbols;
	for (size_t i = 0; i < fake.symbol_count; i++)
		if (fake.symbols[i].address <= address &&
		    (best == SIZE_MAX || fake.symbols[i].address > fake.symbols[best].address))
			best = i;
	if (best == SIZE_MAX)
		return false;
	for (size_t i = 0; i < fake.symbol_count; i++)
		if (fake.symbols[i].address > fake.symbols[best].address)
			next = MIN(next, fake.symbols[i].address);
	*ret = (struct symbol){.address = fake.symbols[best].address, .type = 't'};
	ret->size = next == UINT64_MAX ? 0 : next - ret->address;
	copy_string(ret->name, sizeof(ret->name), fake.symbols[best].name);
	return true;
}

/* Without the size: tests of names have the real ones. */
void symbols_format(struct symbols *symbols, uint64_t address, char *buf, size_t size)
{
	struct symbol symbol;

	buf[0] = '\0';
	if (symbols_at(symbols, address, &symbol))
		snprintf(buf, size, "%s+0x%llx", symbol.name,
			 (unsigned long long)(address - symbol.address));
}

void symbols_format_return(struct symbols *symbols, uint64_t address, char *buf, size_t size)
{
	symbols_format(symbols, address, buf, size);
}

static const struct module *fake_module; /* the one there is, if any */

const struct module *modules_find(const struct modules *modules, uint64_t address)
{
	(void)modules;
	return fake_module && address - fake_module->base < fake_module->size ? fake_module : NULL;
}

static struct {
	struct regs regs[4];
	size_t count;
} fake_notes;

size_t dump_cpu_count(const struct dump *dump)
{
	(void)dump;
	return fake_notes.count;
}

struct err *dump_cpu_regs(const struct dump *dump, size_t note, struct regs *ret)
{
	(void)dump;
	*ret = fake_notes.regs[note];
	return NULL;
}

/* --- types ------------------------------------------------------------------------------------ */

/* Members in order, each of the type given, packed as C would pack eight-byte members. */
static inline uint32_t fake_longs(struct btf_build *b, const char *name, uint32_t type,
				  const char *const *members, unsigned count)
{
	uint32_t id = b_head(b, name, B_STRUCT << 24 | count, count * 8);

	for (unsigned i = 0; i < count; i++) {
		b_u32(b, b_string(b, members[i]));
		b_u32(b, type);
		b_u32(b, i * 64);
	}
	return id;
}

enum {
	T_STATE = 0,
	T_EXIT_STATE = 4,
	T_FLAGS = 8,
	T_PID = 12,
	T_TGID = 16,
	T_STACK = 24,
	T_TASKS = 32,
	T_THREADS = 48,
	T_SIGNAL = 64,
	T_COMM = 72,
	T_SP = 96,
	T_ARRIVAL = 104,
	T_QUEUED = 112,
	T_CPU = 120,
	T_HOOKS = 128,
	T_BLOCKER = 136,
	T_MM = 144,
	T_PI_BLOCKED_ON = 152,
	T_PRIO = 160,
	T_POLICY = 164,
	T_RT_PRIORITY = 168,
	T_START = 176,
	T_RUNTIME = 184,
	T_RCU_ENTRY = 192,
	T_FILES = 208,
	T_VFORK = 216,
	T_JOURNAL = 224,
	T_NSPROXY = 232,
	T_SIZE = 240,
};

static inline void fake_task_types(struct btf_build *b, uint32_t i, uint32_t l, uint32_t comm)
{
	static const char *const links[] = {"next", "prev"}, *const head[] = {"thread_head"},
				 *const rq[] = {"curr", "idle", "clock"}, *const sp[] = {"sp"},
				 *const sched_times[] = {"last_arrival", "last_queued"},
				 *const cpu[] = {"cpu"}, *const runtime[] = {"sum_exec_runtime"},
				 *const first[] = {"first"};
	uint32_t list = fake_longs(b, "list_head", l, links, 2);
	uint32_t thread = fake_longs(b, "thread_struct", l, sp, 1);
	uint32_t sched = fake_longs(b, "sched_info", l, sched_times, 2);
	uint32_t entity = fake_longs(b, "sched_entity", l, runtime, 1);
	uint32_t info = fake_longs(b, "thread_info", i, cpu, 1);
	uint32_t hooks = fake_longs(b, "llist_head", l, first, 1);

	fake_longs(b, "signal_struct", list, head, 1);
	fake_longs(b, "rq", l, rq, 3);
	b_record(b, B_STRUCT, "task_struct", T_SIZE, 27, "__state", i, T_STATE * 8, "exit_state", i,
		 T_EXIT_STATE * 8, "flags", i, T_FLAGS * 8, "pid", i, T_PID * 8, "tgid", i,
		 T_TGID * 8, "stack", l, T_STACK * 8, "tasks", list, T_TASKS * 8, "thread_node",
		 list, T_THREADS * 8, "signal", l, T_SIGNAL * 8, "comm", comm, T_COMM * 8, "thread",
		 thread, T_SP * 8, "sched_info", sched, T_ARRIVAL * 8, "thread_info", info,
		 T_CPU * 8, "rethooks", hooks, T_HOOKS * 8, "blocker", l, T_BLOCKER * 8, "mm", l,
		 T_MM * 8, "pi_blocked_on", l, T_PI_BLOCKED_ON * 8, "prio", i, T_PRIO * 8, "policy",
		 i, T_POLICY * 8, "rt_priority", i, T_RT_PRIORITY * 8, "start_time", l, T_START * 8,
		 "se", entity, T_RUNTIME * 8, "rcu_node_entry", list, T_RCU_ENTRY * 8, "files", l,
		 T_FILES * 8, "vfork_done", l, T_VFORK * 8, "journal_info", l, T_JOURNAL * 8,
		 "nsproxy", b_plain(b, B_PTR, NULL, list), T_NSPROXY * 8);
}

/* No struct inactive_task_frame, as before v4.9. */
static bool fake_inline_switch;

static inline void fake_regs_types(struct btf_build *b, uint32_t l)
{
	static const char *const regs[] = {
		"r15", "r14", "r13", "r12", "bp",      "bx", "r11", "r10",   "r9", "r8", "ax",
		"cx",  "dx",  "si",  "di",  "orig_ax", "ip", "cs",  "flags", "sp", "ss",
	};
	static const char *const inactive[] = {"r15", "r14", "r13", "r12", "bx", "bp", "ret_addr"};

	fake_longs(b, "pt_regs", l, regs, ARRAY_SIZE(regs));
	if (!fake_inline_switch)
		fake_longs(b, "inactive_task_frame", l, inactive, ARRAY_SIZE(inactive));
}

static inline void fake_open(void (*more)(struct btf_build *b, uint32_t i, uint32_t l))
{
	struct btf_build b = {0};
	uint32_t c = b_int(&b, "char", 1), i = b_int(&b, "int", 4), l = b_int(&b, "long", 8);

	memset(&fake, 0, sizeof(fake));
	fake_modules = fake_modules_end = 0;
	fake_module = NULL;
	fake_region_count = 0;
	fake_bounded = false;
	memset(&fake_notes, 0, sizeof(fake_notes));
	kernel = (struct kernel){.symbols = (struct symbols *)&fake}; /* never looked into */
	fake_task_types(&b, i, l, b_array(&b, c, 16));
	fake_regs_types(&b, l);
	if (more)
		more(&b, i, l);
	b_open_kernel(&b, &kernel.types, &kernel.members);
}

static inline void fake_close(void)
{
	members_close(kernel.members);
	types_close(kernel.types);
}

static inline void fake_u32(uint64_t address, uint32_t value)
{
	fake_put(address, &value, 4);
}

/* "movabs $lock,%rdi; call target": one of a function's calls, in slots of this length. */
#define FAKE_CALL_LENGTH 15
static inline void fake_lock_call(uint64_t function, unsigned slot, uint64_t lock, uint64_t target)
{
	uint64_t at = function + slot * FAKE_CALL_LENGTH;

	fake_put(at, "\x48\xbf", 2);
	fake_u64(at + 2, lock);
	fake_put(at + 10, "\xe8", 1);
	fake_u32(at + 11, (uint32_t)(target - (at + FAKE_CALL_LENGTH)));
}

/* A task_struct with its neighbours in both lists. thread_node closes on the signal's head. */
static inline void fake_task(uint64_t task, int pid, const char *comm, uint64_t next, uint64_t prev,
			     uint64_t signal)
{
	fake_u32(task + T_PID, (uint32_t)pid);
	fake_u32(task + T_TGID, (uint32_t)pid);
	fake_put(task + T_COMM, comm, strlen(comm) + 1);
	fake_u64(task + T_TASKS, next + T_TASKS);
	fake_u64(task + T_TASKS + 8, prev + T_TASKS);
	fake_u64(task + T_SIGNAL, signal);
	fake_u64(task + T_THREADS, signal);
	fake_u64(task + T_THREADS + 8, signal);
	fake_u64(signal, task + T_THREADS);
	fake_u64(signal + 8, task + T_THREADS);
}

#endif
