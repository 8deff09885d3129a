/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "crash/oops_report.h"
#include "kernel/printk/printk.h"

static bool read_text(const char *text, struct oops_report *report)
{
	struct log *log;

	assert_ok(log_parse(text, strlen(text), &log));
	bool found = oops_report_read(log, report);
	log_close(log);
	return found;
}

START_TEST(the_last_report_counts)
{
	struct oops_report report;

	ck_assert(read_text(
		"[    1.0] CPU: 0 PID: 7 Comm: kworker/0:1 Not tainted 6.1\n"
		"[    2.0] BUG: kernel NULL pointer dereference, address: 00000000000002a0\n"
		"[    2.0] CPU: 1 UID: 0 PID: 105 Comm: a b Tainted: G  OE  6.12\n"
		"[    2.0] Hardware name: QEMU\n"
		"[    2.0] RIP: 0010:crashme_null_third+0x5/0x20 [crashme]\n",
		&report));
	ck_assert_int_eq(report.cpu, 1);
	ck_assert_int_eq(report.pid, 105);
	ck_assert_str_eq(report.comm, "a b");
	ck_assert_str_eq(report.symbol, "crashme_null_third");
	ck_assert_uint_eq(report.offset, 5);
	ck_assert_str_eq(report.module, "crashme");
	ck_assert(report.has_address);
	ck_assert_uint_eq(report.address, 0x2a0);
}
END_TEST

START_TEST(old_kernels_write_addresses_before_names)
{
	struct oops_report report;

	ck_assert(read_text("[1.0] CPU: 11 PID: 20177 Comm: cbdadm Tainted: G\n"
			    "[1.0] RIP: 0010:[<ffffffff81306392>]  [<ffffffff81306392>] "
			    "blk_free_flush_queue+0x12/0x30\n",
			    &report));
	ck_assert_str_eq(report.symbol, "blk_free_flush_queue");
	ck_assert_uint_eq(report.offset, 0x12);
	ck_assert_str_eq(report.module, "");
}
END_TEST

START_TEST(garbage_is_no_report)
{
	struct oops_report report;

	ck_assert(!read_text("[1.0] CPU: PID: Comm:\n[1.0] RIP: 0010:+0x\n", &report));
	ck_assert(!read_text("[1.0] CPU: 99999999999999999999 PID: 1 Comm: x\n", &report));
	ck_assert(
		read_text("[1.0] CPU: 1 PID: 99999999999 Comm: averyveryverylongname\n", &report));
	ck_assert_int_eq(report.pid, -1);
	ck_assert_str_eq(report.comm, "averyveryverylon");
	ck_assert_str_eq(report.symbol, "");
}
END_TEST

UNIT_MAIN("crash_log", the_last_report_counts, old_kernels_write_addresses_before_names,
	  garbage_is_no_report)
