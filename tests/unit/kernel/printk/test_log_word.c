/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/cleanup.h"
#include "kernel/printk/log_word.h"

START_TEST(words_that_were_cut)
{
	static const struct {
		const char *before, *line;
		bool cut, whole;
	} cases[] = {
		{"RIP: 0010:lab_scan+0x1", "1/0x40 [labtbl]", true, false},
		{"RIP: 0010:lab_scan+0x11/0x5", "0 [labtbl]", true, false},
		{"RIP: 0010:lab_scan+0x11/0x50 [", "labtbl]", true, false},
		{"WARNING: CPU: 3 PID: 0 at net/sched.c:467 dev_watchdog+0", "x249/0x250", true,
		 false},
		{"BIOS 1.16.2 04/01/20", "14", true, false},
		{"BIOS 1.16.2", "04/01/2014", false, true},
		{"knlGS:00000000", "00000000", false, false}, /* 32-bit words have eight digits */
		{"at virtual address 00000000", "00000018", true, false},
		{"at virtual address ffff8880", "1a2b3c48", true, false},
		{"at virtual address 00007f12", "34567000", true, false},
		{"at virtual address dead0000", "00000100", true, false},
		{"at virtual address 6b6b6b6b", "6b6b6b73", true, false},
		{"at virtual address 00000050", "80298795", false, false}, /* i386's EIP */
		{"at virtual address c0123456", "c0298795", false, false},
		{"GS:ffff880008b10000(0000) knlGS:00000000000", "00000", true, false},
		{"Code: 48 89 fb 8b 4", "7 40 a8 08 74 10", true, false},
		{"Code: 48 89 fb 8b 47", "40 a8 08 74 10 c3", false, true},
		{"Not tainted 5.4.0-190-generic", "#210-Ubuntu", false, true},
		{"lab(OE) nfsv3 virtio_blk", "(OE) ext4", false, false},
		{"mutex held by labctl and wait", "ed for", false, false},
		{"", "", false, false},
		{" ", " ", false, false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *before = cases[i].before, *line = cases[i].line;

		ck_assert_msg(log_word_is_cut(before, strlen(before), line, strlen(line)) ==
				      cases[i].cut,
			      "%s|%s", before, line);
		ck_assert_msg(log_word_is_whole(before, strlen(before), line, strlen(line)) ==
				      cases[i].whole,
			      "%s|%s: whole", before, line);
	}
}
END_TEST

/* No word is longer than what is looked at, and NULs are nobody's word. */
START_TEST(words_without_end)
{
	char line[4096];

	memset(line, 'a', sizeof(line));
	ck_assert(!log_word_is_cut(line, sizeof(line), line, sizeof(line)));
	memset(line, '\0', 8);
	ck_assert(!log_word_is_cut(line, 8, line, 8));
}
END_TEST

UNIT_MAIN("log_word", words_that_were_cut, words_without_end)
