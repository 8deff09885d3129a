/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "kernel/printk/dmesg.h"

static struct log *read_log(const char *text)
{
	struct log *log = NULL;

	assert_ok(dmesg_parse(text, strlen(text), &log));
	return log;
}

#define BACK                                                                                       \
	"Aug 15 13:57:28 node kernel:  two+0x1/0x2\n"                                              \
	"Aug 15 13:57:28 node kernel:  one+0x1/0x2\n"                                              \
	"Aug 15 13:57:27 node kernel: Call Trace:\n"                                               \
	"Aug 15 13:57:26 node kernel: CPU: 5 PID: 7 Comm: lab\n"

/* Times and traces run back: all of it is turned, dates with their lines. */
START_TEST(newest_first)
{
	_cleanup_(cleanup_log_close) struct log *log = read_log(BACK);

	ck_assert_uint_eq(log->count, 4);
	ck_assert_str_eq(log->lines[0].text, "CPU: 5 PID: 7 Comm: lab");
	ck_assert_str_eq(log->lines[1].text, "Call Trace:");
	ck_assert_str_eq(log->lines[3].text, " two+0x1/0x2");
	ck_assert_str_eq(log_wall(log, 0), "Aug 15 13:57:26");
	ck_assert_str_eq(log_wall(log, 1), "Aug 15 13:57:27");
	ck_assert_str_eq(log_wall(log, 3), "Aug 15 13:57:28");
	ck_assert(log->lines[1].new_wall && !log->lines[3].new_wall);
}
END_TEST

/* What goes on with the line before keeps its place behind it. */
START_TEST(records_stay_whole)
{
	_cleanup_(cleanup_log_close) struct log *log = read_log(
		"[    9.000002]  one+0x1/0x2\n[    9.000001] Call Trace:\n[    8.000000] lab: a\n"
		"its second line\n[    7.000000] lab: b\n");

	ck_assert_uint_eq(log->count, 5);
	ck_assert_str_eq(log->lines[0].text, "lab: b");
	ck_assert_str_eq(log->lines[1].text, "lab: a");
	ck_assert_str_eq(log->lines[2].text, "its second line");
	ck_assert_str_eq(log->lines[3].text, "Call Trace:");
}
END_TEST

/* A clock that was set, a second boot, traces alone: none of them is a log the wrong way round. */
START_TEST(left_as_they_are)
{
	static const char *const logs[] = {
		"[    9.000000] Call Trace:\n[    9.000001]  one+0x1/0x2\n[    1.000000] x\n",
		"[    9.000002]  one+0x1/0x2\n[    9.000003] Call Trace:\n[    9.000004] x\n",
		"[    9.000000] first\n[    8.000000] second\n[    7.000000] third\n",
		"first\n",
		"Call Trace:\n",
		"\n",
	};
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		_cleanup_(cleanup_log_close) struct log *log = read_log(logs[i]);
		const char *text = log->count ? log->lines[0].text : "";

		ck_assert_msg(!*text || strstr(logs[i], text) <= logs[i] + 15, "%s", logs[i]);
	}
}
END_TEST

UNIT_MAIN("log_turn", newest_first, records_stay_whole, left_as_they_are)
