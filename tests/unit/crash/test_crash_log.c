/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "crash/crash_log.h"
#include "kernel/printk/log.h"
#include "unit.h"

#define SET "Kernel panic - not syncing: panic_on_warn set ..."

/* A log of two lines, the second the panic's. */
static enum crash_kind kind_of(const char *report, const char *panic)
{
	struct log_line lines[] = {{.text = report}, {.text = panic}};
	struct log log = {.lines = lines, .count = ARRAY_SIZE(lines)};

	return crash_log_kind(&log);
}

/* Six checks panic in the words of WARN(): the report before them says which it was. */
START_TEST(panic_on_warn_is_told_by_what_came_before)
{
	static const struct {
		const char *report, *panic;
		enum crash_kind kind;
	} table[] = {
		{"WARNING: CPU: 1 PID: 105 at net/core/dev.c:1", SET, CRASH_WARN},
		{"BUG: KFENCE: use-after-free read in a", SET, CRASH_KFENCE},
		{"BUG: KASAN: slab-out-of-bounds in a", SET, CRASH_KASAN},
		{"BUG: KMSAN: uninit-value in a", SET, CRASH_KMSAN},
		{"BUG: KCSAN: data-race in a / b", SET, CRASH_KCSAN},
		{"UBSAN: array-index-out-of-bounds in a.c:1", SET, CRASH_UBSAN},
		{"BUG: scheduling while atomic: a/1/0x2", SET, CRASH_SCHEDULING},
		{"eth0: link up", SET, CRASH_PANIC},
		{"eth0: link up", "Kernel panic - not syncing: kernel: panic_on_warn set ...",
		 CRASH_WARN},
		{"eth0: link up", "Kernel panic - not syncing: KFENCE: panic_on_warn set ...",
		 CRASH_PANIC},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		ck_assert_msg(kind_of(table[i].report, table[i].panic) == table[i].kind, "%s",
			      table[i].report);
}
END_TEST

/* CPU 0 panics, and CPU 12 has spoken last: "CPU#1" is neither. */
START_TEST(a_soft_lockup_is_that_of_its_own_cpu)
{
	struct log_line lines[] = {
		{.text = "watchdog: BUG: soft lockup - CPU#0 stuck for 8s! [a:1]"},
		{.text = "watchdog: BUG: soft lockup - CPU#12 stuck for 8s! [b:2]"}};
	struct log log = {.lines = lines, .count = ARRAY_SIZE(lines)};

	ck_assert_ptr_eq(crash_log_message(&log, CRASH_SOFT_LOCKUP, 0), lines[0].text);
	ck_assert_ptr_eq(crash_log_message(&log, CRASH_SOFT_LOCKUP, 12), lines[1].text);
	ck_assert_ptr_eq(crash_log_message(&log, CRASH_SOFT_LOCKUP, 1), lines[1].text);
	ck_assert_ptr_eq(crash_log_message(&log, CRASH_SOFT_LOCKUP, -1), lines[1].text);
}
END_TEST

UNIT_MAIN("crash_log", panic_on_warn_is_told_by_what_came_before,
	  a_soft_lockup_is_that_of_its_own_cpu)
