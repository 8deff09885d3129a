/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "crash/crash_find.h"
#include "kernel/printk/dmesg.h"

/* What the log alone says of a crash: no stack, no symbols. */
static struct crash judge(const char *text)
{
	_cleanup_(cleanup_log_close) struct log *log = NULL;
	_cleanup_(cleanup_reports_free) struct reports *reports = NULL;
	_cleanup_(cleanup_crash_free) struct crash *crash = NULL;
	struct kernel kernel = {0};

	assert_ok(dmesg_parse(text, strlen(text), &log));
	kernel.log = log;
	assert_ok(reports_read(log, &reports));
	assert_ok(crash_find(&kernel, reports, &crash));
	return *crash;
}

#define PANIC "[    5.800339] Kernel panic - not syncing: "

START_TEST(a_log_tells_the_kind)
{
	static const struct {
		const char *text, *kind;
	} table[] = {
		{PANIC "sysrq triggered crash\n", "sysrq"},
		{PANIC "softlockup: hung tasks\n", "soft_lockup"},
		{PANIC "Hard LOCKUP\n", "hard_lockup"},
		{PANIC "hung_task: blocked tasks\n", "hung_task"},
		{PANIC "RCU Stall\n", "rcu_stall"},
		{PANIC "Out of memory: system-wide panic_on_oom is enabled\n", "out_of_memory"},
		{PANIC "Fatal machine check\n", "machine_check"},
		{PANIC "NMI: Not continuing\n", "nmi"},
		{PANIC "kernel: panic_on_warn set ...\n", "warn"},
		{PANIC "Attempted to kill init! exitcode=0x00000300\n", "init_died"},
		{PANIC "the disk is on fire\n", "panic"},
		{"[    1.000000] divide error: 0000 [#1] SMP\n", "divide_error"},
		{"[    1.000000] all is well\n", "none"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		struct crash crash = judge(table[i].text);

		ck_assert_str_eq(crash_kind_name(crash.kind), table[i].kind);
		ck_assert(crash.confidence < 1 || crash.kind == CRASH_NONE);
	}
}
END_TEST

/* panic() ends what an oops began; and init dies of an oops as of an exit. */
START_TEST(an_oops_is_not_forgotten_for_its_panic)
{
	static const char oops[] =
		"[    1.000000] BUG: kernel NULL pointer dereference, address: 8\n";
	char text[400];

	snprintf(text, sizeof(text), "%s" PANIC "Fatal exception\n", oops);
	ck_assert_int_eq(judge(text).kind, CRASH_NULL_DEREFERENCE);
	snprintf(text, sizeof(text), "%s" PANIC "Attempted to kill init! exitcode=0x9\n", oops);
	ck_assert_int_eq(judge(text).kind, CRASH_NULL_DEREFERENCE);
	/* An oops survived earlier is not what this panic is about. */
	snprintf(text, sizeof(text), "%s" PANIC "sysrq triggered crash\n", oops);
	ck_assert_int_eq(judge(text).kind, CRASH_SYSRQ);
}
END_TEST

START_TEST(a_message_is_the_line_that_announces)
{
	struct crash nmi = judge(PANIC "NMI: Not continuing\n"
				       "[    5.800339]  <NMI>\n[    5.800339]  </NMI>\n");
	struct crash panic =
		judge(PANIC "no init found\n"
			    "[    5.9] ---[ end Kernel panic - not syncing: no init found ]---\n");

	ck_assert_str_eq(nmi.message, "Kernel panic - not syncing: NMI: Not continuing");
	ck_assert_str_eq(panic.message, "Kernel panic - not syncing: no init found");
}
END_TEST

START_TEST(an_oops_in_the_log_fills_the_same_fields)
{
	struct crash crash = judge(
		"[    1.000000] BUG: kernel NULL pointer dereference, address: 00000000000002a0\n"
		"[    1.000000] CPU: 1 PID: 105 Comm: sh Tainted: G           O       6.1.0\n"
		"[    1.000000] RIP: 0010:vfs_read+0x5/0x20 [nfs]\n" PANIC "Fatal exception\n");
	struct crash empty = judge("");

	ck_assert_int_eq(crash.cpu, 1);
	ck_assert_int_eq(crash.pid, 105);
	ck_assert_str_eq(crash.comm, "sh");
	ck_assert_str_eq(crash.at.symbol, "vfs_read");
	ck_assert_uint_eq(crash.at.offset, 5);
	ck_assert_str_eq(crash.at.module, "nfs");
	ck_assert(crash.fault && !crash.exception);
	ck_assert_uint_eq(crash.address, 0x2a0);
	ck_assert_str_eq(crash.fault_class, "null_offset");
	ck_assert_ptr_null(crash_regs(&crash));
	ck_assert_int_eq(empty.kind, CRASH_NONE);
	ck_assert_int_eq(empty.cpu, -1);
	ck_assert_int_eq(empty.pid, -1);
	ck_assert_str_eq(empty.at.symbol, "");
	ck_assert(!empty.fault);
}
END_TEST

UNIT_MAIN("crash_find", an_oops_in_the_log_fills_the_same_fields, a_log_tells_the_kind,
	  an_oops_is_not_forgotten_for_its_panic, a_message_is_the_line_that_announces)
