/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/words.h"
#include "log/report_head.h"

#define NONE REPORT_KINDS

static const struct {
	const char *text;
	enum report_kind kind;
	enum head_how how;
} heads[] = {
	{"BUG: kernel NULL pointer dereference, address: 0000000000000018", REPORT_NULL_DEREFERENCE,
	 HEAD_HOLDS},
	{"BUG: unable to handle page fault for address: ffffc90000000000", REPORT_PAGE_FAULT,
	 HEAD_HOLDS},
	{"watchdog: BUG: soft lockup - CPU#3 stuck for 23s! [exe:31311]", REPORT_SOFT_LOCKUP,
	 HEAD_HOLDS},
	{"NMI watchdog: BUG: soft lockup - CPU#3 stuck for 23s! [exe:31311]", REPORT_SOFT_LOCKUP,
	 HEAD_HOLDS},
	{"  general protection fault: 0000 [#1] SMP", REPORT_GENERAL_PROTECTION, HEAD_JOINS},
	{"kernel BUG at fs/lab.c:12!", REPORT_BUG, HEAD_BEGINS},
	{"INFO: task lab:5 blocked for more than 120 seconds.", REPORT_HUNG_TASK, HEAD_HOLDS},
	{"lab invoked oom-killer: gfp_mask=0x0", REPORT_OUT_OF_MEMORY, HEAD_HOLDS},
	{"Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b",
	 REPORT_INIT_DIED, HEAD_HOLDS},
	{"Kernel panic - not syncing: VFS", REPORT_PANIC, HEAD_HOLDS},
	{"WARNING: possible circular locking dependency detected", REPORT_LOCKDEP, HEAD_BEGINS},
	{"WARNING: anything", REPORT_WARN, HEAD_BEGINS},
	{"DEBUG: something", NONE, 0},
	{"a kernel BUG at fs/lab.c:12!", NONE, 0},
	{"systemd: WARNING: x", NONE, 0},
	{"", NONE, 0},
	{"B", NONE, 0},
	{"BUG", NONE, 0},
};

START_TEST(heads_are_found)
{
	_cleanup_(cleanup_words_free) struct words *words = NULL;
	struct log_line line = {.text = heads[_i].text};
	enum report_kind kind = NONE;
	enum head_how how = 0;

	assert_ok(report_heads_new(&words));
	ck_assert_int_eq(report_head_find(words, &line, &kind, &how), heads[_i].kind != NONE);
	ck_assert_int_eq(kind, heads[_i].kind);
	ck_assert_int_eq(how, heads[_i].how);
}
END_TEST

static struct report read_as(enum report_kind kind, const char *text)
{
	struct report report = {.kind = kind, .cpu = -1, .pid = -1, .by_cpu = -1};

	report_head_read(text, &report);
	return report;
}

START_TEST(what_heads_say)
{
	struct report report = read_as(REPORT_SOFT_LOCKUP,
				       "BUG: soft lockup - CPU#3 stuck for 23s! [a:b]c:31311]");

	ck_assert_int_eq(report.cpu, 3);
	ck_assert_int_eq(report.pid, 31311);
	ck_assert_str_eq(report.comm, "a:b]c");
	ck_assert(report.seconds == 23);
	report = read_as(REPORT_HUNG_TASK,
			 "INFO: task kworker/4:1:16648 blocked for more than 360 seconds.");
	ck_assert_str_eq(report.comm, "kworker/4:1");
	ck_assert_int_eq(report.pid, 16648);
	report = read_as(REPORT_WARN, "WARNING: CPU: 1 PID: 5 at net/a.c:17 f+0x1/0x2 [lab]");
	ck_assert_str_eq(report.file, "net/a.c");
	ck_assert_uint_eq(report.line, 17);
	ck_assert_str_eq(report.rip.symbol, "f");
	report = read_as(REPORT_NULL_DEREFERENCE,
			 "BUG: unable to handle kernel NULL pointer dereference at (null)");
	ck_assert(report.has_address && !report.address);
}
END_TEST

/* Numbers that fit nowhere are not taken, names stay in their places. */
START_TEST(absurd_heads)
{
	static const char *const lines[] = {
		"BUG: soft lockup - CPU#99999999999999999999 stuck for 99999999999999999999s! [:]",
		"BUG: soft lockup - CPU# stuck for s! [",
		"BUG: soft lockup - CPU#1 stuck for 1s! []",
		"INFO: task :99999999999 blocked for more than  seconds.",
		"INFO: task  blocked for more than",
		" blocked task ",
		"WARNING: CPU:  PID:  at ",
		"WARNING: CPU: 1 PID: 99999999999 at :",
		"WARNING: at a:99999999999999999999999",
		"kernel BUG at :1!",
		"kernel BUG at !",
		"BUG: KASAN: x in ",
		"BUG: scheduling while atomic: /",
		"BUG: scheduling while atomic: ",
		" invoked oom-killer",
		"smp: csd: Detected non-responsive CSD lock (#1) on CPU#99999999999, waiting ",
		"stack-protector: Kernel stack is corrupted in: ",
		"BUG: unable to handle page fault for address: ",
		"BUG: unable to handle page fault for address: 11111111111111111",
	};
	static char line[1 << 16];

	memset(line, 'x', sizeof(line) - 1);
	for (int kind = 0; kind < REPORT_KINDS; kind++) {
		for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
			struct report report = read_as((enum report_kind)kind, lines[i]);

			ck_assert_int_ge(report.pid, -1);
			ck_assert_int_le(report.pid, 1 << 22);
			ck_assert_int_lt(report.cpu, 65536);
		}
		struct report report = read_as((enum report_kind)kind, line);
		ck_assert_uint_lt(strlen(report.message), sizeof(report.message));
	}
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("report_head");

	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, heads_are_found, 0, ARRAY_SIZE(heads));
	tcase_add_test(cases, what_heads_say);
	tcase_add_test(cases, absurd_heads);
	return unit_run("report_head", cases);
}
