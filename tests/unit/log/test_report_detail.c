/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "log/report_detail.h"

static struct report blank(void)
{
	return (struct report){.cpu = -1, .pid = -1};
}

START_TEST(accesses)
{
	struct report report = blank();

	ck_assert(report_detail_is("Write of size 8 at addr ffff888104d2be58 by task a/b c/2258"));
	report_detail_read("Write of size 8 at addr ffff888104d2be58 by task a/b c/2258", 7,
			   &report);
	ck_assert_str_eq(report.access, "write");
	ck_assert_uint_eq(report.address, 0xffff888104d2be58);
	ck_assert_str_eq(report.comm, "a/b c");
	ck_assert_int_eq(report.pid, 2258);
	ck_assert_uint_eq(report.detail_count, 1);
	ck_assert_uint_eq(report.details[0], 7);
	report = blank();
	report_detail_read("KASAN: null-ptr-deref in range [0x0000000000000018-0x000000000000001f]",
			   1, &report);
	ck_assert(report.has_kasan_address);
	ck_assert_uint_eq(report.kasan_address, 0x18);
}
END_TEST

START_TEST(tasks)
{
	struct report report = blank();

	report_detail_read(
		"in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 2117, name: lab tool", 0,
		&report);
	ck_assert_int_eq(report.pid, 2117);
	ck_assert_str_eq(report.comm, "lab tool");
	report = blank();
	report_detail_read("  comm \"lab mgr\", pid 3110, jiffies 4294", 0, &report);
	ck_assert_int_eq(report.pid, 3110);
	ck_assert_str_eq(report.comm, "lab mgr");
}
END_TEST

/* Absurd, cut, and more than there is room for. */
START_TEST(absurd_details)
{
	static const char *const lines[] = {
		"Write of size 8 at addr by task ",
		"Write of size 8 at addr 11111111111111111 by task x/99999999999",
		"Read of size  at addr  by task /",
		"Invalid read at 0x",
		"KASAN: x in range [0x",
		"in_atomic(): , pid: , name: ",
		"in_atomic(): 1, pid: 99999999999, name: x",
		"comm \"",
		"comm \"x",
		"comm \"x\", pid ",
		"caller is ",
		"caller is f+",
	};
	struct report report = blank();

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		ck_assert_msg(report_detail_is(lines[i]), "%s", lines[i]);
		report_detail_read(lines[i], i, &report);
	}
	ck_assert_int_eq(report.pid, -1);
	ck_assert_uint_eq(report.detail_count, REPORT_DETAILS_MAX);
	ck_assert(!report_detail_is(""));
	ck_assert(!report_detail_is("Write of size"));
}
END_TEST

START_TEST(announcements)
{
	static char line[1 << 16];

	memset(line, ' ', sizeof(line) - 1);
	ck_assert(!report_detail_announces(line));
	ck_assert(!report_detail_announces(""));
	ck_assert(!report_detail_announces("usercopy:"));
	ck_assert(!report_detail_announces("lab: a buffer overflow"));
	ck_assert(report_detail_announces(
		"usercopy: Kernel memory exposure attempt detected from null address (size 8)!"));
	ck_assert(report_detail_announces("detected buffer overflow in strlen"));
	ck_assert(report_detail_announces("skbuff: skb_under_panic: text:ffffffffc0123456 len:1"));
}
END_TEST

START_TEST(titles)
{
	char title[REPORT_TITLE_MAX];
	int32_t pid;

	ck_assert(
		report_title_read("Freed by task 5 on cpu 1 at 2.3s:", title, sizeof(title), &pid));
	ck_assert_str_eq(title, "Freed by task 5");
	ck_assert_int_eq(pid, 5);
	ck_assert(report_title_read("Allocated:", title, sizeof(title), &pid));
	ck_assert_int_eq(pid, -1);
	ck_assert(report_title_read("Freed by task 99999999999:", title, sizeof(title), &pid));
	ck_assert_int_eq(pid, -1);
	ck_assert(!report_title_read("", title, sizeof(title), &pid));
	ck_assert(!report_title_read("freed", title, sizeof(title), &pid));
	static char line[4096];

	memset(line, 'x', sizeof(line) - 1);
	memcpy(line, "Local variable ", 15);
	ck_assert(report_title_read(line, title, sizeof(title), &pid));
	ck_assert_uint_lt(strlen(title), sizeof(title));
}
END_TEST

UNIT_MAIN("report_detail", accesses, tasks, absurd_details, announcements, titles)
