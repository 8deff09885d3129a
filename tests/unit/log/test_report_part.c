/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/printk/dmesg.h"
#include "log/report_head.h"
#include "log/report_part.h"

#define FIRST "BUG: unable to handle kernel NULL pointer dereference at 0000000000000018\n"
#define OTHER "BUG: unable to handle kernel NULL pointer dereference at 0000000000000040\n"
#define PLACE(function) "IP: [<ffffffffa032ac55>] " function "+0x15/0x50 [lab]\n"
#define RIP(function) "RIP: 0010:[<ffffffffa032ac55>]  " function "+0x15/0x50 [lab]\n"
#define RSP(stack) "RSP: 0018:ffff88028ea" stack "c40  EFLAGS: 00010286\n"

/* A report begins in line 2, while that of line 0 is open and has its place. */
static struct part_line *part_lines(const char *text, size_t looked, size_t *count)
{
	_cleanup_(cleanup_words_free) struct words *heads = NULL;
	_cleanup_(cleanup_log_close) struct log *log = NULL;
	struct report report = {.kind = REPORT_NULL_DEREFERENCE, .cpu = -1, .pid = -1};
	struct report_part part = {.first = 1, .looked = looked};
	struct report_progress open;
	struct report_hints hints;

	assert_ok(dmesg_parse(text, strlen(text), &log));
	assert_ok(report_heads_new(&heads));
	report_head_read(log->lines[0].text, &report);
	report_progress_begin(&open, &report);
	report_slot_hints(log->lines[1].text, SLOT_IP, &hints);
	report_progress_take(&open, SLOT_IP, &hints);
	assert_ok(report_part_find(&part, log, heads, 2, &open, 1));
	ck_assert_uint_ge(part.looked, looked);

	struct part_line *ret = calloc(log->count, sizeof(*ret));

	for (size_t i = 0; i < log->count; i++)
		ret[i] = report_part_at(&part, i);
	*count = log->count;
	report_part_deinit(&part);
	return ret;
}

#define MIXED                                                                                      \
	FIRST PLACE("first") OTHER PLACE("second") RIP("second") RSP("83") RIP("first") RSP("43")

/* The places that are said again tell whose the registers are. */
START_TEST(each_line_is_of_the_report_it_repeats)
{
	static const uint8_t expected[] = {0, 0, 2, 2, 2, 2, 1, 1};
	size_t count;
	_free_ struct part_line *lines = part_lines(MIXED, 0, &count);

	ck_assert_uint_eq(count, ARRAY_SIZE(expected));
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_eq(lines[i].stream, expected[i]);
		ck_assert_int_ne(lines[i].doubt, PART_DOUBTFUL);
	}
}
END_TEST

START_TEST(one_report_after_the_other_is_not_parted)
{
	size_t count;
	_free_ struct part_line *lines = part_lines(
		FIRST PLACE("first") OTHER PLACE("second") RIP("second") RSP("83"), 0, &count);

	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(lines[i].stream, 0);
}
END_TEST

/* A log of a million reports is read in a time that grows as it does. */
START_TEST(what_is_looked_at_has_a_bound)
{
	size_t count;
	_free_ struct part_line *lines = part_lines(MIXED, PART_LOOKED_MAX, &count);

	for (size_t i = 0; i < count; i++)
		ck_assert_uint_eq(lines[i].stream, 0);
}
END_TEST

UNIT_MAIN("log/report_part", each_line_is_of_the_report_it_repeats,
	  one_report_after_the_other_is_not_parted, what_is_looked_at_has_a_bound)
