/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/str.h"
#include "kernel/printk/dmesg.h"
#include "log/event_line.h"
#include "log/log_mark.h"
#include "log/log_marks.h"
#include "log/mce.h"
#include "log/oom.h"
#include "log/report_head.h"
#include "log/report_shown.h"
#include "log/segfault.h"

static const struct {
	enum log_mark mark;
	const char *const *(*words)(size_t *count);
} readers[] = {
	{MARK_HEAD, report_head_words}, {MARK_EVENT, event_words},	 {MARK_MCE, mce_words},
	{MARK_OOM, oom_words},		{MARK_SEGFAULT, segfault_words}, {MARK_OWNER, shown_words},
};

/* Each word of each reader is found within a line: none is left out for want of room. */
START_TEST(each_word_marks)
{
	size_t count;
	const char *const *words = readers[_i].words(&count);

	for (size_t i = 0; i < count; i++) {
		_cleanup_(cleanup_log_close) struct log *log = NULL;
		_str_ struct str text = {0};

		str_printf(&text, "[    1.000000] nothing\n[    1.000001] xx %s yy\n", words[i]);
		assert_ok(dmesg_parse(text.data, text.length, &log));
		ck_assert(log_has_mark(log, 0, readers[_i].mark));
		assert_ok(log_marks_make(log));
		ck_assert(!log_has_mark(log, 0, readers[_i].mark));
		ck_assert_msg(log_has_mark(log, 1, readers[_i].mark), "%s", words[i]);
	}
}
END_TEST

/* Words at a line's very end and beginning; a part of one is none. */
START_TEST(ends_of_lines)
{
	static const char text[] = "[    1.000000]  error\n[    1.000001] traps: x\n"
				   "[    1.000002] trap\n[    1.000003] \n";
	_cleanup_(cleanup_log_close) struct log *log = NULL;

	assert_ok(dmesg_parse(text, strlen(text), &log));
	assert_ok(log_marks_make(log));
	ck_assert(log_has_mark(log, 0, MARK_SEGFAULT));
	ck_assert(log_has_mark(log, 1, MARK_SEGFAULT));
	ck_assert(!log_has_mark(log, 2, MARK_SEGFAULT));
	ck_assert(!log_has_mark(log, 3, MARK_SEGFAULT));
}
END_TEST

START_TEST(the_machine)
{
	static const char text[] = "[    0.000000] DMI: X/Y\n[    0.000001] a Command line: b\n"
				   "[    1.000002] Hardware name: Z\n[    1.000003] Command\n"
				   "[    1.000004] Linux version 6.1\n";
	_cleanup_(cleanup_log_close) struct log *log = NULL;

	assert_ok(dmesg_parse(text, strlen(text), &log));
	assert_ok(log_marks_make(log));
	for (size_t i = 0; i < log->count; i++)
		ck_assert_int_eq(log_has_mark(log, i, MARK_MACHINE), i != 3);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("log_marks");

	tcase_add_loop_test(cases, each_word_marks, 0, (int)ARRAY_SIZE(readers));
	tcase_add_test(cases, ends_of_lines);
	tcase_add_test(cases, the_machine);
	return unit_run("log_marks", cases);
}
