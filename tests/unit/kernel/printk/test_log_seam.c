/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "kernel/printk/log_seam.h"

/* "|" stands where the other CPU's line begins, in what is looked at without it. */
START_TEST(lines_within_lines)
{
	static const char *const cases[] = {
		"RIP: 0010:lab_scan+0x1|<4>[  812.000007] usb 1-1: gone",
		"RIP: 0010:lab_scan+0x1|[  812.000007] usb 1-1: gone",
		"Call Trace:|[  812.000010][    T1] usb 2-2: gone",
		"foo+0x1/0x20|<0>Call Trace:",
		"{1}[Hardware Error]:   section_type: |<6>[  812.000007] usb 1-1: gone",
		"foo+0x1/0x20|<4> [<ffffffff81000000>] bar+0x1/0x2",
		/* what is no line of another CPU */
		"Code: 48 89 fb <8b> 47 40",
		"Code: 48 89 fb <8>",
		"lab: level <4> of <7>",
		"mylog: [  812.000001] BUG: x",
		"mylog (\"[  812.000001] BUG: x\")",
		"audit: type=1131 audit(1700000000.022:22): pid=1",
		"an old line [    1.000001] BUG: x",
		"a later one [99999.000001] BUG: x",
		"no stamp [812.000001] nor [  812.00] nor [  812.0000010] nor [<ffffffff>]",
		"no end [  812.000001",
		"[99999999999999999999.000001] x",
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *mark = strchr(cases[i], '|');
		char line[128];
		size_t wanted = mark ? (size_t)(mark - cases[i]) : strlen(cases[i]);

		snprintf(line, sizeof(line), "%.*s%s", (int)wanted, cases[i], mark ? mark + 1 : "");
		ck_assert_msg(log_seam_find(line, strlen(line), 1, 812000000) ==
				      (mark ? wanted : strlen(line)),
			      "%s", cases[i]);
	}
}
END_TEST

/* What a program wrote to the console, and the kernel's line behind it. */
START_TEST(behind_program)
{
	static const char *const cases[] = {
		"/init: 384: .: |[  271.403835] Kernel panic - not syncing: x",
		"# ok 1 futex|[  271.403835] ------------[ cut here ]------------",
		"earlier [    1.000000] Kernel panic - not syncing: x",
		"mylog: [  271.403835] some words",
		"no words [  271.403835]",
		"no words [  271.403835] ",
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *mark = strchr(cases[i], '|');
		char line[128];
		size_t wanted = mark ? (size_t)(mark - cases[i]) : strlen(cases[i]);

		snprintf(line, sizeof(line), "%.*s%s", (int)wanted, cases[i], mark ? mark + 1 : "");
		ck_assert_msg(log_seam_behind_program(line, strlen(line), 60000000) == wanted, "%s",
			      cases[i]);
	}
}
END_TEST

/* A web page makes one line of all: the first time of three that follow each other. */
START_TEST(folded_lines)
{
	static const char text[] =
		"Example (x86_64) [ 266.491864] ------------[ cut here ]------------ "
		"[ 266.491904] kernel BUG at mm/lab.c:399! [ 266.491934] invalid opcode: 0000 [#1] "
		"SMP "
		"[ 266.491962] Modules linked in: lab [ 266.492043] CPU: 3 PID: 5155 Comm: lab Not "
		"tainted 3.19.0 #24 [ 266.492850] Call Trace: [ 266.492870] lab+0x1/0x2";

	ck_assert_uint_eq(log_seam_folded(text, strlen(text)), 266491864);
	ck_assert_uint_eq(log_seam_folded(text, 100),
			  0); /* of two alone, or of a short line, none */
	ck_assert_uint_eq(log_seam_folded("", 0), 0);
	size_t trace = (size_t)(strstr(text, "[ 266.492870]") - text);
	ck_assert_uint_eq(log_seam_find(text, strlen(text), trace - 1, 266492850), trace);
}
END_TEST

UNIT_MAIN("log_seam", lines_within_lines, behind_program, folded_lines)
