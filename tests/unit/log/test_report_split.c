/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/str.h"
#include "kernel/printk/dmesg.h"
#include "log/report.h"

struct text {
	struct log *log;
	struct reports *reports;
};

static struct text read_text(const char *text)
{
	struct text ret = {0};

	assert_ok(dmesg_parse(text, strlen(text), &ret.log));
	assert_ok(reports_read(ret.log, &ret.reports));
	return ret;
}

static void text_deinit(struct text *text)
{
	reports_free(text->reports);
	log_close(text->log);
}

#define WARN_ON(cpu, caller, place)                                                                \
	"[    1.000000][" caller "] WARNING: CPU: " cpu " PID: 5 at fs/a.c:1 " place "+0x1/0x2\n"
#define TRACE(caller, place)                                                                       \
	"[    1.000001][" caller "] Call Trace:\n[    1.000002][" caller "]  " place "+0x3/0x4\n"
#define END(caller) "[    1.000003][" caller "] ---[ end trace 0000000000000000 ]---\n"

/* Two CPUs between each other's lines: callers tell whose a line is. */
START_TEST(interleaved_reports_are_kept_apart)
{
	struct text text =
		read_text(WARN_ON("1", "   C1", "first") WARN_ON("2", "   C2", "second")
				  TRACE("   C1", "first_caller") TRACE("   C2", "second_caller")
					  END("   C1") END("   C2"));

	ck_assert_uint_eq(text.reports->count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct report *report = &text.reports->list[i];

		ck_assert_int_eq(report->cpu, i ? 2 : 1);
		ck_assert_str_eq(report->rip.symbol, i ? "second" : "first");
		ck_assert_uint_eq(report->stack_count, 1);
		ck_assert_str_eq(report->stacks[0].frames[0].place.symbol,
				 i ? "second_caller" : "first_caller");
		ck_assert(report->ended);
	}
	text_deinit(&text);
}
END_TEST

/* The same without callers: each repeats what only one of them can have said. */
START_TEST(what_lines_repeat_keeps_reports_apart)
{
	struct text text = read_text(
		"BUG: unable to handle kernel NULL pointer dereference at 0000000000000018\n"
		"IP: [<ffffffffa032ac55>] first+0x15/0x50 [lab]\n"
		"BUG: unable to handle kernel NULL pointer dereference at 0000000000000040\n"
		"IP: [<ffffffffa0332c10>] second+0x10/0x50 [lab]\n"
		"Oops: 0000 [#1] SMP \n"
		"Oops: 0000 [#2] SMP \n"
		"Pid: 7, comm: two Not tainted 2.6.32 #1\n"
		"RIP: 0010:[<ffffffffa0332c10>]  [<ffffffffa0332c10>] second+0x10/0x50 [lab]\n"
		"RSP: 0018:ffff88028ea83c40  EFLAGS: 00010286\n"
		"Pid: 5, comm: one Not tainted 2.6.32 #1\n"
		"RIP: 0010:[<ffffffffa032ac55>]  [<ffffffffa032ac55>] first+0x15/0x50 [lab]\n"
		"RSP: 0018:ffff88028ea43c40  EFLAGS: 00010286\n"
		"CR2: 0000000000000040 CR3: 0000000125065000 CR4: 00000000000406e0\n"
		"CR2: 0000000000000018 CR3: 0000000125065000 CR4: 00000000000406e0\n"
		"Process one (pid: 5, threadinfo ffff88028ea42000, task ffff8803589bc100)\n"
		"Process two (pid: 7, threadinfo ffff88028ea82000, task ffff8803589bd100)\n"
		"Call Trace:\n"
		"Call Trace:\n"
		" [<ffffffff811a8fea>] whose+0x3aa/0x580\n");

	ck_assert_uint_eq(text.reports->count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct report *report = &text.reports->list[i];

		ck_assert_str_eq(report->comm, i ? "two" : "one");
		ck_assert_int_eq(report->pid, i ? 7 : 5);
		ck_assert_str_eq(report->rip.symbol, i ? "second" : "first");
		ck_assert_uint_eq(report->regs.value[REG_RSP],
				  i ? 0xffff88028ea83c40u : 0xffff88028ea43c40u);
		/* A frame may be of either. */
		ck_assert_ptr_null(report_own_stack(report));
	}
	ck_assert(text.reports->list[0].mixed || text.reports->list[1].mixed);
	text_deinit(&text);
}
END_TEST

/* What nothing ties to one of them is left out. */
START_TEST(what_may_be_of_either_is_left_out)
{
	struct text text =
		read_text("BUG: kernel NULL pointer dereference, address: 0000000000000018\n"
			  "BUG: kernel NULL pointer dereference, address: 0000000000000040\n"
			  "#PF: supervisor read access in kernel mode\n"
			  "Oops: 0000 [#1] SMP\n"
			  "Oops: 0000 [#2] SMP\n"
			  "CPU: 1 PID: 5 Comm: one Not tainted 6.1.0 #1\n"
			  "CPU: 2 PID: 7 Comm: two Not tainted 6.1.0 #1\n"
			  "RIP: 0010:first+0x15/0x50 [lab]\n"
			  "RIP: 0010:second+0x10/0x50 [lab]\n");

	ck_assert_uint_eq(text.reports->count, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(text.reports->list[i].mixed);
		ck_assert_int_eq(text.reports->list[i].pid, -1);
		ck_assert_str_eq(text.reports->list[i].rip.symbol, "");
	}
	text_deinit(&text);
}
END_TEST

/* Nothing else of a report that begins before the log does is known than what stands there. */
START_TEST(cut_in_front)
{
	struct text text = read_text("[    1.000000] RAX: 0000000000000001 RBX: 0000000000000002 "
				     "RCX: 0000000000000003\n"
				     "[    1.000001] Call Trace:\n[    1.000002]  f+0x1/0x2\n");

	ck_assert_uint_eq(text.reports->count, 1);
	ck_assert(text.reports->list[0].cut_front);
	ck_assert_str_eq(text.reports->list[0].message, "");
	text_deinit(&text);
}
END_TEST

/* More reports than are kept are counted, more open at once than there is room for are closed. */
START_TEST(reports_without_end)
{
	_str_ struct str log = {0};

	for (unsigned i = 1; i <= 3000; i++)
		str_printf(&log,
			   "[%5u.000000][ T%u] WARNING: CPU: 1 PID: 5 at fs/a.c:1 f+0x1/0x2\n", i,
			   i);
	struct text text = read_text(log.data);

	ck_assert_uint_eq(text.reports->count, REPORTS_KEPT_MAX);
	ck_assert_uint_eq(text.reports->counts[REPORT_WARN], 3000);
	text_deinit(&text);
}
END_TEST

/* What is worse than warnings is kept, however many of them stand before it. */
START_TEST(an_oops_behind_warnings)
{
	_str_ struct str log = {0};

	for (unsigned i = 1; i <= 2 * REPORTS_KEPT_MAX; i++)
		str_printf(&log,
			   "[%5u.000000][ T%u] WARNING: CPU: 1 PID: 5 at fs/a.c:1 f+0x1/0x2\n", i,
			   i);
	str_puts(&log, "[99999.000000][   T5] BUG: unable to handle kernel NULL pointer "
		       "dereference at 0000000000000008\n"
		       "[99999.000001][   T5] RIP: 0010:g+0x1/0x2\n"
		       "[99999.000002][   T5] Kernel panic - not syncing: Fatal exception\n");
	struct text text = read_text(log.data);
	const struct report *crash = reports_crash(text.reports);

	ck_assert_uint_eq(text.reports->count, REPORTS_KEPT_MAX);
	ck_assert_uint_eq(text.reports->counts[REPORT_WARN], 2 * REPORTS_KEPT_MAX);
	ck_assert_ptr_nonnull(crash);
	ck_assert_int_eq(crash->kind, REPORT_NULL_DEREFERENCE);
	ck_assert_str_eq(crash->rip.symbol, "g");
	ck_assert_uint_eq(text.reports->counts[REPORT_PANIC], 0); /* its last line, no report */
	text_deinit(&text);
}
END_TEST

/* A driver's remarks without end are one report; a WARN() behind them is another one. */
START_TEST(remarks_without_end)
{
	_str_ struct str log = {0};

	for (unsigned i = 0; i < 1000; i++)
		str_puts(&log, "[    1.000000] WARNING: x\n");
	str_puts(&log, "[    1.000001] WARNING: CPU: 3 PID: 5 at fs/a.c:1 f+0x1/0x2\n");
	struct text text = read_text(log.data);

	ck_assert_uint_eq(text.reports->count, 2);
	ck_assert(report_is_remark(&text.reports->list[0]));
	ck_assert_int_eq(text.reports->list[0].cpu, -1);
	ck_assert_uint_eq(text.reports->list[0].last, 999);
	ck_assert_int_eq(text.reports->list[1].cpu, 3);
	ck_assert_str_eq(text.reports->list[1].rip.symbol, "f");
	text_deinit(&text);
}
END_TEST

/* A program's crash, which a user may write to /dev/kmsg as well, opens no report. */
START_TEST(user_traps_are_no_reports)
{
	struct text text = read_text("[    1.000000] a[5]: segfault at 0 ip 0000000000401000 sp "
				     "00007ffd0 error 4 in a[400000+1000]\n"
				     "[    1.000001] Code: 90 <48> 8b 00\n");

	ck_assert_uint_eq(text.reports->count, 0);
	ck_assert_ptr_null(reports_crash(text.reports));
	text_deinit(&text);
}
END_TEST

/* The trace of a stuck CPU that ends with the interrupt's entry: nothing was interrupted. */
START_TEST(a_trace_of_an_interrupt_alone)
{
	struct text text = read_text(
		"[    1.000000] watchdog: BUG: soft lockup - CPU#3 stuck for 23s! [lab:5]\n"
		"[    1.000001] Call Trace:\n[    1.000002]  <IRQ>\n"
		"[    1.000003]  watchdog_timer_fn+0x1/0x2\n"
		"[    1.000004]  apic_timer_interrupt+0xf/0x20\n");

	ck_assert_uint_eq(text.reports->count, 1);
	ck_assert_uint_eq(text.reports->list[0].stacks[0].count, 2);
	text_deinit(&text);
}
END_TEST

/* Their bodies were lost: each is a report, and the first is no part of the second. */
START_TEST(warnings_behind_each_other)
{
	struct text text =
		read_text("[    1.000000] WARNING: CPU: 0 PID: 1 at a.c:1 lab_a+0x1/0x2\n"
			  "[    2.000000] WARNING: CPU: 1 PID: 5 at b.c:2 lab_b+0x1/0x2\n");

	ck_assert_uint_eq(text.reports->count, 2);
	ck_assert_str_eq(text.reports->list[0].rip.symbol, "lab_a");
	ck_assert_str_eq(text.reports->list[1].rip.symbol, "lab_b");
	text_deinit(&text);
}
END_TEST

#define BUG_AT "kernel BUG at mm/usercopy.c:101!\n[    1.000000][   T5] RIP: 0010:f+0x1/0x2\n"
#define CUT "------------[ cut here ]------------\n"

/* What a check says stands before its BUG(), of the same caller, and not far away. */
START_TEST(what_a_check_announced)
{
	static const struct {
		const char *text;
		size_t count;
	} tries[] = {
		{"[    1.000000][   T5] usercopy: Kernel memory\n[    1.000000][   T5] " CUT
		 "[    1.000000][   T5] " BUG_AT,
		 1},
		{"[    1.000000][   T5] usercopy: Kernel memory\n[    1.000000][   T6] lab: hello\n"
		 "[    1.000000][   T5] " CUT "[    1.000000][   T5] " BUG_AT,
		 1},
		{"[    1.000000][   T6] usercopy: Kernel memory\n[    1.000000][   T5] " CUT
		 "[    1.000000][   T5] " BUG_AT,
		 0},
		{"[    1.000000][   T5] lab: hello\n[    1.000000][   T5] " CUT
		 "[    1.000000][   T5] " BUG_AT,
		 0},
		{"[    1.000000] usercopy: far away\n[    1.000000] a\n[    1.000000] b\n[    "
		 "1.000000] c\n[    1.000000] "
		 "d\n"
		 "[    1.000000] " CUT "[    1.000000] " BUG_AT,
		 0},
		{"[    1.000000] " BUG_AT, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		struct text text = read_text(tries[i].text);

		ck_assert_msg(text.reports->count == 1, "%zu", i);
		ck_assert_msg(text.reports->list[0].detail_count == tries[i].count, "%zu", i);
		text_deinit(&text);
	}
}
END_TEST

START_TEST(nothing_at_all)
{
	struct text text = read_text("");

	ck_assert_uint_eq(text.reports->count, 0);
	text_deinit(&text);
	text = read_text("\n\n\n");
	ck_assert_uint_eq(text.reports->count, 0);
	text_deinit(&text);
}
END_TEST

UNIT_MAIN("report_split", interleaved_reports_are_kept_apart, what_lines_repeat_keeps_reports_apart,
	  what_may_be_of_either_is_left_out, cut_in_front, reports_without_end,
	  an_oops_behind_warnings, remarks_without_end, user_traps_are_no_reports,
	  a_trace_of_an_interrupt_alone, warnings_behind_each_other, what_a_check_announced,
	  nothing_at_all)
