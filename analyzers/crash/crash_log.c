/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the log says of the crash: its kind, and the kernel's own words. */
#include "crash/crash_log.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/printk/log.h"

#define TRAP_LINES 400	   /* of the log's end, that belong to the crash for certain */
#define MESSAGE_LINES 4000 /* likewise, where a message may stand */

bool crash_log_says(const struct log *log, const char *words)
{
	for (size_t i = log ? log->count : 0, seen = 0; i-- > 0 && seen < TRAP_LINES; seen++)
		if (strstr(log->lines[i].text, words))
			return true;
	return false;
}

enum crash_kind crash_log_trap(const struct log *log)
{
	static const struct {
		const char *words;
		enum crash_kind kind;
	} table[] = {
		{"stack guard page was hit", CRASH_STACK_OVERFLOW},
		{"kernel NULL pointer dereference", CRASH_NULL_DEREFERENCE},
		{"unable to handle page fault", CRASH_PAGE_FAULT},
		{"unable to handle kernel paging request", CRASH_PAGE_FAULT},
		{"general protection", CRASH_GENERAL_PROTECTION},
		{"kernel BUG at", CRASH_BUG},
		{"stack segment:", CRASH_STACK_SEGMENT},
		{"divide error:", CRASH_DIVIDE_ERROR},
		{"invalid opcode:", CRASH_INVALID_OPCODE},
		{"double fault:", CRASH_DOUBLE_FAULT},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (crash_log_says(log, table[i].words))
			return table[i].kind;
	return CRASH_UNKNOWN;
}

/* The last line with these words, but for "---[ end Kernel panic …", which repeats another. */
static const char *last_line(const struct log *log, const char *words)
{
	for (size_t i = log ? log->count : 0, seen = 0; i-- > 0 && seen < MESSAGE_LINES; seen++)
		if (strstr(log->lines[i].text, words) && !strstr(log->lines[i].text, "---[ end "))
			return log->lines[i].text;
	return NULL;
}

/* What a check's report begins with that panic_on_warn makes a panic of: all of them in the same words. */
static const struct {
	const char *words;
	enum crash_kind kind;
} warnings[] = {
	{"BUG: KFENCE: ", CRASH_KFENCE}, {"BUG: KASAN: ", CRASH_KASAN},
	{"BUG: KMSAN: ", CRASH_KMSAN},	 {"BUG: KCSAN: ", CRASH_KCSAN},
	{"UBSAN: ", CRASH_UBSAN},	 {"BUG: scheduling while atomic", CRASH_SCHEDULING},
	{"WARNING: ", CRASH_WARN},
};

/* The last such line of the log; none: nobody says which of them it was, but for v6.2 (79cc1ba7badf). */
static enum crash_kind warning_kind(const struct log *log, const char *panic)
{
	for (size_t i = log->count, seen = 0; i-- > 0 && seen < MESSAGE_LINES; seen++)
		for (size_t j = 0; j < ARRAY_SIZE(warnings); j++)
			if (strstr(log->lines[i].text, warnings[j].words) &&
			    !strstr(log->lines[i].text, "panic_on_warn"))
				return warnings[j].kind;
	return strstr(panic, "kernel: panic_on_warn") ? CRASH_WARN : CRASH_PANIC;
}

enum crash_kind crash_log_kind(const struct log *log)
{
	static const struct {
		const char *words;
		enum crash_kind kind;
	} table[] = {
		{"sysrq triggered crash", CRASH_SYSRQ},
		{"softlockup: hung tasks", CRASH_SOFT_LOCKUP},
		{"hard LOCKUP", CRASH_HARD_LOCKUP},
		{"Hard LOCKUP", CRASH_HARD_LOCKUP},
		{"hung_task: blocked tasks", CRASH_HUNG_TASK},
		{"RCU Stall", CRASH_RCU_STALL},
		{"Out of memory", CRASH_OUT_OF_MEMORY},
		{"out of memory", CRASH_OUT_OF_MEMORY},
		{"Machine check", CRASH_MACHINE_CHECK},
		{"machine check", CRASH_MACHINE_CHECK},
		{"NMI", CRASH_NMI},
		{"stack guard page was hit", CRASH_STACK_OVERFLOW},
		{"kernel stack overflow", CRASH_STACK_OVERFLOW},
	};
	static const char *const after_oops[] = {"Fatal exception", "Attempted to kill init",
						 "Aiee, killing interrupt handler"};
	const char *line = last_line(log, "Kernel panic - not syncing: ");

	if (line && strstr(line, "panic_on_warn set"))
		return warning_kind(log, line);
	for (size_t i = 0; line && i < ARRAY_SIZE(table); i++)
		if (strstr(line, table[i].words))
			return table[i].kind;
	enum crash_kind oops = crash_log_trap(log);
	if (!line)
		return oops;
	for (size_t i = 0; oops != CRASH_UNKNOWN && i < ARRAY_SIZE(after_oops); i++)
		if (strstr(line, after_oops[i]))
			return oops;
	return strstr(line, "Attempted to kill init") ? CRASH_INIT_DIED : CRASH_PANIC;
}

/* How each kind announces itself; the last such line of the log is the one. */
static const struct {
	enum crash_kind kind;
	const char *words[4];
} announcements[] = {
	{CRASH_NULL_DEREFERENCE, {"kernel NULL pointer dereference"}},
	{CRASH_PAGE_FAULT,
	 {"unable to handle page fault", "unable to handle kernel paging",
	  "kernel NULL pointer dereference"}},
	{CRASH_GENERAL_PROTECTION, {"general protection"}},
	{CRASH_STACK_SEGMENT, {"stack segment:"}},
	{CRASH_BUG, {"kernel BUG at"}},
	{CRASH_WARN, {"WARNING: ", "BUG: ", "UBSAN: "}},
	{CRASH_KFENCE, {"BUG: KFENCE: "}},
	{CRASH_KASAN, {"BUG: KASAN: "}},
	{CRASH_KMSAN, {"BUG: KMSAN: "}},
	{CRASH_KCSAN, {"BUG: KCSAN: "}},
	{CRASH_UBSAN, {"UBSAN: "}},
	{CRASH_SCHEDULING, {"BUG: scheduling while atomic"}},
	{CRASH_DIVIDE_ERROR, {"divide error:"}},
	{CRASH_INT3, {"int3:"}},
	{CRASH_INVALID_OPCODE, {"invalid opcode:"}},
	{CRASH_DOUBLE_FAULT, {"double fault:"}},
	{CRASH_STACK_OVERFLOW,
	 {"stack guard page was hit", "kernel stack overflow", "double fault:"}},
	{CRASH_HUNG_TASK, {"hung_task: blocked tasks", "blocked for more than"}},
	{CRASH_SOFT_LOCKUP, {"soft lockup - CPU", "softlockup: hung tasks"}},
	{CRASH_HARD_LOCKUP, {"hard LOCKUP", "Hard LOCKUP"}},
	{CRASH_RCU_STALL, {"self-detected stall", "detected stalls"}},
	{CRASH_OUT_OF_MEMORY, {"Out of memory", "out of memory"}},
	{CRASH_MACHINE_CHECK, {"Machine Check", "Machine check"}},
	{CRASH_SYSRQ, {"Trigger a crash", "sysrq triggered crash"}},
	{CRASH_INIT_DIED, {"Attempted to kill init"}},
	{CRASH_NMI, {"Not continuing", "NMI received for unknown reason"}},
	{CRASH_PANIC, {"Kernel panic - not syncing"}},
	{CRASH_UNKNOWN, {"Kernel panic - not syncing"}},
};

/* Each CPU's own watchdog speaks; another's may have spoken since. */
static const char *soft_lockup_of(const struct log *log, int cpu)
{
	char words[48];

	snprintf(words, sizeof(words), "soft lockup - CPU#%d stuck", cpu);
	return last_line(log, words);
}

const char *crash_log_message(const struct log *log, enum crash_kind kind, int cpu)
{
	const char *own = kind == CRASH_SOFT_LOCKUP ? soft_lockup_of(log, cpu) : NULL;

	if (own)
		return own;
	for (size_t i = 0; i < ARRAY_SIZE(announcements); i++) {
		if (announcements[i].kind != kind)
			continue;
		for (size_t j = 0; j < 4 && announcements[i].words[j]; j++) {
			const char *line = last_line(log, announcements[i].words[j]);

			if (line)
				return line;
		}
	}
	return NULL;
}
