/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kind of death it was, by the way the panic took through the kernel. */
#include "crash/crash_classify.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "crash/crash_bug.h"
#include "crash/crash_log.h"
#include "crash/crash_overflow.h"
#include "crash/panic_path.h"
#include "kernel/dump/dump.h"
#include "kernel/dump/regs.h"
#include "kernel/locking/sleeper.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/object.h"
#include "kernel/unwind/frame.h"

static const struct {
	const char *function;
	enum crash_kind kind;
} signs[] = {
#define SIGN(function, kind) {function, CRASH_##kind},
#include "crash/crash_signs.def"
#undef SIGN
};

/* Somebody asked for the dump: what for, the types that were not found might tell. */
#define PROBED_REQUEST 0.55

static const struct {
	const char *entry; /* without "asm_exc_" */
	enum crash_kind kind;
} entries[] = {
	{"page_fault", CRASH_PAGE_FAULT},
	{"async_page_fault", CRASH_PAGE_FAULT},
	{"general_protection", CRASH_GENERAL_PROTECTION},
	{"stack_segment", CRASH_STACK_SEGMENT},
	{"invalid_op", CRASH_INVALID_OPCODE},
	{"divide_error", CRASH_DIVIDE_ERROR},
	{"double_fault", CRASH_DOUBLE_FAULT},
	{"do_double_fault", CRASH_DOUBLE_FAULT},
	{"machine_check", CRASH_MACHINE_CHECK},
	{"int3", CRASH_INT3},
};

static bool function_at(const struct crash *crash, size_t frame, char *name, size_t size)
{
	struct symbol symbol;

	if (!symbols_at(crash->kernel->symbols, frame_lookup_address(&crash->trace.frames[frame]),
			&symbol))
		return false;
	symbol_name_strip_suffix(symbol.name);
	copy_string(name, size, symbol.name);
	return true;
}

static void decide(struct crash *crash, enum crash_kind kind, double confidence, const char *why)
{
	crash->kind = kind;
	crash->confidence = confidence;
	if (crash->kernel->probed && (kind == CRASH_SYSRQ || kind == CRASH_NMI))
		crash->confidence *= PROBED_REQUEST;
	crash->why = why;
}

/*
 * How many frames the panic's way has: up to the exception, or all of a stack without one. Where the
 * stack begins with the exception, its own function may have been asked to crash; who called that
 * did not panic.
 */
static size_t panic_frames(const struct crash *crash)
{
	if (crash->exception && crash->frame)
		return crash->frame;
	return crash->exception && crash->entry[0] ? MIN(1u, crash->trace.count)
						   : crash->trace.count;
}

/* A function on that way that says so. */
static bool kind_by_sign(struct crash *crash)
{
	size_t end = panic_frames(crash);
	char name[128];

	for (size_t i = 0; i < end; i++) {
		if (!function_at(crash, i, name, sizeof(name)))
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(signs); j++)
			if (!strcmp(signs[j].function, name)) {
				decide(crash, signs[j].kind, 1.0,
				       "a function on the panic's way says so");
				return true;
			}
	}
	return false;
}

/* khungtaskd calls panic() from its own loop, into which the check is inlined. */
static bool is_hung_task(const struct crash *crash)
{
	char name[128];

	if (!crash->task || strcmp(crash->task->comm, "khungtaskd"))
		return false;
	for (size_t i = 0; i < crash->trace.count; i++)
		if (function_at(crash, i, name, sizeof(name)) && !strcmp(name, "watchdog"))
			return true;
	return false;
}

static enum crash_kind kind_of_entry(const char *entry)
{
	const char *name = strncmp(entry, "asm_exc_", 8) ? entry : entry + 8;

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++)
		if (!strcmp(entries[i].entry, name))
			return entries[i].kind;
	return CRASH_UNKNOWN;
}

/* ud2 is BUG(), WARN(), or an opcode the CPU really does not know. */
static void classify_ud2(struct crash *crash)
{
	char place[200];
	bool warning;

	if (err_ok(crash_bug_find(crash->kernel, crash->regs.value[REG_RIP], &warning, place,
				  sizeof(place))))
		decide(crash, warning ? CRASH_WARN : CRASH_BUG, 1.0,
		       "the kernel's bug table has this address");
	else if (crash_log_says(crash->kernel->log, "kernel BUG at"))
		decide(crash, CRASH_BUG, 0.9, "the log says so");
	else
		decide(crash, CRASH_INVALID_OPCODE, 1.0,
		       "an invalid opcode exception, and no BUG()");
}

/* Until 8341f2f222d7 the function that was asked to crash did so by a write to NULL. */
static bool crashed_on_request(const struct crash *crash)
{
	char name[128];

	return function_at(crash, crash->frame, name, sizeof(name)) &&
	       !strcmp(name, "sysrq_handle_crash");
}

static void classify_exception(struct crash *crash)
{
	enum crash_kind kind = kind_of_entry(crash->entry);
	const char *overflow;
	double confidence;

	if (crashed_on_request(crash)) {
		decide(crash, CRASH_SYSRQ, 1.0, "the exception is in sysrq_handle_crash()");
		return;
	}
	if (kind == CRASH_UNKNOWN) {
		kind = crash_log_trap(crash->kernel->log);
		decide(crash, kind, kind == CRASH_UNKNOWN ? 0.2 : 0.9, "the log says so");
	} else {
		decide(crash, kind, 1.0, "the exception's entry code is on the stack");
	}
	if (crash->kind == CRASH_INVALID_OPCODE)
		classify_ud2(crash);
	overflow = crash_overflow_find(crash, &confidence);
	if (overflow)
		decide(crash, CRASH_STACK_OVERFLOW, confidence, overflow);
}

/* The frame that called panic(): outside of what saves registers and starts the dump. */
static size_t panic_caller(const struct crash *crash)
{
	size_t caller = 0;
	char name[128];

	for (size_t i = 0; i < crash->trace.count && i < 12; i++) {
		if (function_at(crash, i, name, sizeof(name)) &&
		    panic_path_roles(name) & PANIC_PATH_PANIC)
			caller = i + 1;
	}
	return MIN(caller, crash->trace.count ? crash->trace.count - 1 : 0);
}

/* A lockup is reported from an interrupt: what matters is what it interrupted. */
static size_t interrupted_frame(const struct crash *crash)
{
	for (size_t i = 0; i < crash->trace.count; i++)
		if (crash->trace.frames[i].kind == FRAME_IRQ ||
		    crash->trace.frames[i].kind == FRAME_NMI)
			return i;
	return panic_caller(crash);
}

/*
 * do_exit() panics when init dies ("Attempted to kill init!"); an oops of an ordinary task also
 * ends there, but under another panic.
 */
static void settle(struct crash *crash)
{
	if (crash->kind == CRASH_INIT_DIED &&
	    !crash_log_says(crash->kernel->log, "Attempted to kill init"))
		decide(crash, CRASH_PANIC, 0.8, "panic() was called from do_exit()");
	if (crash->kind == CRASH_SOFT_LOCKUP || crash->kind == CRASH_HARD_LOCKUP ||
	    crash->kind == CRASH_RCU_STALL || crash->kind == CRASH_NMI)
		crash->frame = interrupted_frame(crash);
	else if (crash->exception && (crash->kind == CRASH_WARN || crashed_on_request(crash)))
		return; /* the frame with the WARN(), or with the write to NULL */
	else if (!crash->exception || crash->kind == CRASH_SYSRQ ||
		 crash->kind == CRASH_OUT_OF_MEMORY || crash->kind == CRASH_INIT_DIED)
		crash->frame = panic_caller(crash);
}

/* A CPU that ends in panic() has it, or what it calls, on its stack. */
static bool is_dying(const struct crash *crash)
{
	char name[128];

	for (size_t i = 0; i < crash->trace.count; i++)
		if (function_at(crash, i, name, sizeof(name)) &&
		    panic_path_roles(name) & (PANIC_PATH_ENDED | PANIC_PATH_PANIC))
			return true;
	return false;
}

static void classify_by_log(struct crash *crash)
{
	enum crash_kind kind = crash_log_kind(crash->kernel->log);

	if (kind != CRASH_UNKNOWN)
		decide(crash, kind, 0.7, "the log says so");
}

/* Of a stack that breaks off, who called panic() may be beyond: the log's word is better. */
static void classify_panic(struct crash *crash)
{
	bool dying = is_dying(crash);

	if (dying)
		decide(crash, CRASH_PANIC, 0.9, "panic() was called");
	if (!dying || !crash->trace.complete)
		classify_by_log(crash);
}

void crash_classify(struct crash *crash)
{
	decide(crash, CRASH_UNKNOWN, 0, "no panicking CPU was found");
	if (!crash->trace.count) {
		classify_by_log(crash);
		return;
	}
	if (is_hung_task(crash))
		decide(crash, CRASH_HUNG_TASK, 1.0, "khungtaskd called panic()");
	else if (!kind_by_sign(crash) && crash->exception)
		classify_exception(crash);
	else if (crash->kind == CRASH_STACK_OVERFLOW && crash_overflow_is_access(crash))
		decide(crash, CRASH_PAGE_FAULT, 1.0,
		       "a stack's guard page was met, and not by the stack pointer");
	else if (crash->kind == CRASH_UNKNOWN)
		classify_panic(crash);
	settle(crash);
}
