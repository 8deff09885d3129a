/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "kernel/printk/log_prefix.h"

#define NO_TIME UINT64_MAX

static const char BODY[] = "RIP: 0010:lab_read+0x1/0x2";

/* A prefix, and what has to be read of it. */
static const struct {
	const char *prefix;
	int level;
	uint64_t time_us;
	uint32_t caller;
	const char *wall, *host; /* NULL: none */
	bool kernel;
} forms[] = {
	{"", -1, NO_TIME, 0, NULL, NULL, false},
	{"[   12.345678] ", -1, 12345678, 0, NULL, NULL, false},
	{"[4958.123] ", -1, 4958123000, 0, NULL, NULL, false},
	{"12.345678] ", -1, 12345678, 0, NULL, NULL, false}, /* copied without the bracket */
	{"[   12.345678] ALERT: ", 1, 12345678, 0, NULL, NULL, false}, /* Xen's, blanks squeezed */
	{"<4>[   12.345678] ", 4, 12345678, 0, NULL, NULL, false},
	{"<12>[   12.345678] ", 4, 12345678, 0, NULL, NULL, false},
	{"[   12.345678] <3>", 3, 12345678, 0, NULL, NULL, false},
	{"[   12.345678][ T140] ", -1, 12345678, 140, NULL, NULL, false},
	{"[   12.345678] [   C1] ", -1, 12345678, 0x80000001, NULL, NULL, false},
	{"[   12.345678 <    0.000020>] ", -1, 12345678, 0, NULL, NULL, false},
	{"[  +0.000020] ", -1, 20, 0, NULL, NULL, false},
	{"[  +0.000020] [Thu May  9 14:52:38 2024] [T140] ", -1, 20, 140,
	 "Thu May  9 14:52:38 2024", NULL, false},
	{"[Nov14 03:12] ", -1, NO_TIME, 0, "Nov14 03:12", NULL, false}, /* dmesg -H */
	{"[Nov 9 03:12] ", -1, NO_TIME, 0, "Nov 9 03:12", NULL, false},
	{"kern  :warn  : [Nov14 03:12] ", 4, NO_TIME, 0, "Nov14 03:12", NULL, true},
	{"kern  :emerg : [ 4958.000001] ", 0, 4958000001, 0, NULL, NULL, true},
	{"kern  :warn  : [Thu May  9 14:52:38 2024] ", 4, NO_TIME, 0, "Thu May  9 14:52:38 2024",
	 NULL, true},
	{"6,339,5140900,-;", 6, 5140900, 0, NULL, NULL, true},
	{"6,339,5140900,c,caller=T7;", 6, 5140900, 0, NULL, NULL, true},
	{"6.4.0-rc1,6,339,5140900,-,ncfrag=0/33;", 6, 5140900, 0, NULL, NULL, true},
	{"[Thu May  9 14:52:38 2024] ", -1, NO_TIME, 0, "Thu May  9 14:52:38 2024", NULL, false},
	{"[Thu May  9 14:52:38.123 2024] ", -1, NO_TIME, 0, "Thu May  9 14:52:38.123 2024", NULL,
	 false},
	{"2024-08-20T17:38:27,488639+00:00 ", -1, NO_TIME, 0, "2024-08-20T17:38:27,488639+00:00",
	 NULL, false},
	{"2024-08-20T17:38:27.4886391Z ", -1, NO_TIME, 0, "2024-08-20T17:38:27.4886391Z", NULL,
	 false},
	{"[2024-08-20 17:38:27] [   12.345678] ", -1, 12345678, 0, "2024-08-20 17:38:27", NULL,
	 false},
	{"Mar 15 12:11:27 node1 kernel: ", -1, NO_TIME, 0, "Mar 15 12:11:27", "node1", true},
	{"Mar  5 12:11:27 node1 kernel: [   12.345678] ", -1, 12345678, 0, "Mar  5 12:11:27",
	 "node1", true},
	{"Mar 15 12:11:27 node1 kern.warn kernel: ", 4, NO_TIME, 0, "Mar 15 12:11:27", "node1",
	 true},
	{"Mar 15 12:11:27 node1 kern.err<3>: kernel: [   12.345678] ", 3, 12345678, 0,
	 "Mar 15 12:11:27", "node1", true},
	{"Fri Mar 15 12:11:27 2024 kern.alert kernel: [   12.345678] ", 1, 12345678, 0,
	 "Fri Mar 15 12:11:27 2024", NULL, true},
	{"<4>Mar 15 12:11:27 node1 kernel: ", 4, NO_TIME, 0, "Mar 15 12:11:27", "node1", true},
	{"<4>1 2024-08-20T17:38:27.488639+00:00 node1 kernel - - - [   12.345678] ", 4, 12345678, 0,
	 "2024-08-20T17:38:27.488639+00:00", "node1", true},
	{"<4>1 2024-08-20T17:38:27Z node1 kernel - - [meta sequenceId=\"1\"] ", 4, NO_TIME, 0,
	 "2024-08-20T17:38:27Z", "node1", true},
	{"Mar 15 12:11:28 relay Mar 15 12:11:27 node1 kernel: ", -1, NO_TIME, 0, "Mar 15 12:11:27",
	 "node1", true},
	{"1731553965.123456 node1 kernel: ", -1, NO_TIME, 0, "1731553965.123456", "node1", true},
	{"[ 4958.000001] node1 kernel: ", -1, 4958000001, 0, NULL, "node1", true},
	{"03:12:45.123456  <4>[   12.345678] ", 4, 12345678, 0, NULL, NULL, false},
	{"2024-11-14T03:12:45.000000123Z stdout F [   12.345678] ", -1, 12345678, 0,
	 "2024-11-14T03:12:45.000000123Z", NULL, false},
	{"node1: kern: emerg: [2024-11-14T03:12:45.1Z]: ", 0, NO_TIME, 0, "2024-11-14T03:12:45.1Z",
	 "node1", true},
	{"Mar 15 12:11:27 node1 [   12.345678] ", -1, 12345678, 0, "Mar 15 12:11:27", "node1",
	 true},
	{"[   12.345678]  [5:  binder:1453_A: 7907] ", -1, 12345678, 7907, NULL, NULL, false},
	{"<4>[   12.345678] I[7:      swapper/7:    0] ", 4, 12345678, 0x80000007, NULL, NULL,
	 false},
	{"[   12.345678]  ALERT: ", 1, 12345678, 0, NULL, NULL, false},
	{"[   12.345678]   WARN: ", 4, 12345678, 0, NULL, NULL, false},
	{"> > [   12.345678] ", -1, 12345678, 0, NULL, NULL, false},
	{"node1  | [   12.345678] ", -1, 12345678, 0, NULL, NULL, false},
	{"\"[   12.345678] ", -1, 12345678, 0, NULL, NULL, false},
	{"`Jun 11 12:12:49 node1 kernel: ", -1, NO_TIME, 0, "Jun 11 12:12:49", "node1", true},
	{"`n 11 12:12:49 node1 kernel: [   12.345678] ", -1, 12345678, 0, NULL, NULL, true},
	{"9 node1 kernel: [   12.345678] ", -1, 12345678, 0, NULL, NULL, true},
	{"101:[   12.345678] ", -1, 12345678, 0, NULL, NULL, false},
	{"/var/log/messages-20240616:Jun 11 12:12:49 node1 kernel: ", -1, NO_TIME, 0,
	 "Jun 11 12:12:49", "node1", true},
};

static void check_slice(struct slice slice, const char *wanted)
{
	if (!wanted) {
		ck_assert_uint_eq(slice.length, 0);
		return;
	}
	ck_assert_uint_eq(slice.length, strlen(wanted));
	ck_assert(!memcmp(slice.at, wanted, slice.length));
}

START_TEST(prefixes_are_read)
{
	char line[512];
	struct log_prefix prefix;

	snprintf(line, sizeof(line), "%s%s", forms[_i].prefix, BODY);
	size_t length = log_prefix_read(line, strlen(line), &prefix);
	ck_assert_str_eq(line + length, BODY);
	ck_assert_int_eq(prefix.level, forms[_i].level);
	ck_assert_int_eq(prefix.has_time, forms[_i].time_us != NO_TIME);
	if (prefix.has_time)
		ck_assert_uint_eq(prefix.time_us, forms[_i].time_us);
	ck_assert_uint_eq(prefix.caller, forms[_i].caller);
	check_slice(prefix.wall, forms[_i].wall);
	check_slice(prefix.host, forms[_i].host);
	ck_assert_int_eq(prefix.kernel, forms[_i].kernel);
	ck_assert(!prefix.program);
}
END_TEST

/* Cut anywhere, or with bytes of no sense, none reads beyond the line or says more than stands there. */
START_TEST(prefixes_are_cut_anywhere)
{
	struct log_prefix prefix;

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		for (size_t length = 0; length <= strlen(forms[i].prefix); length++) {
			char *line = malloc(length +
					    1); /* no terminator: what is beyond shows in ASan */

			memcpy(line, forms[i].prefix, length);
			ck_assert_uint_le(log_prefix_read(line, length, &prefix), length);
			free(line);
		}
}
END_TEST

START_TEST(other_programs_are_told)
{
	static const char *const lines[] = {
		"Mar 15 12:11:27 node1 sshd[812]: Accepted",
		"Mar 15 12:11:27 node1 systemd[1]: Started",
		"Mar 15 12:11:27 node1 CRON: kernel: not the kernel's",
		"Mar 15 12:11:27 node1 daemon.err hostapd: x",
		"Fri Mar 15 12:11:27 2024 daemon.notice netifd: x",
		"<86>1 2024-08-20T17:38:27Z node1 sshd 812 - - Accepted",
		"2024-08-20T17:38:27Z node1 app[1]: kernel BUG at fs/a.c:1!",
	};
	struct log_prefix prefix;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		log_prefix_read(lines[i], strlen(lines[i]), &prefix);
		ck_assert_msg(prefix.program && !prefix.kernel, "%s", lines[i]);
	}
}
END_TEST

/* The kernel's own words, however they look. */
START_TEST(what_is_no_prefix)
{
	static const char *const lines[] = {
		"[<ffffffff81234567>] lab_read+0x1/0x2",
		"[99999999999999999999.000000] x",
		"<9999999999999999999999>x",
		"<>x",
		"Code: 48 8b 40 10 <48> 8b 00",
		"CPU: 1 PID: 5 Comm: kernel",
		"RAX: 0000000000000000 RBX: ffff888100000000",
		"kernel BUG at fs/a.c:1!",
		"kernel tried to execute NX-protected page",
		"12345678901234567890,1,1,-;x",
		"1,2,3;x",
		"pci 0000:00:1f.2: BAR 4",
		"10 May be a date 1:2:3",
	};
	struct log_prefix prefix;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		ck_assert_msg(!log_prefix_read(lines[i], strlen(lines[i]), &prefix), "%s",
			      lines[i]);
}
END_TEST

/* Quotes, dates and levels without end: bounded, and what stands behind them is text. */
/* Behind the time: the kernel's words, not a level's name or a task. */
START_TEST(what_is_no_label)
{
	static const char *const lines[] = {
		"INFO: task lab:12 blocked", "WARNING: lab", "[5] lab: 12: words", "[1:2] words",
		"[00000028] *pgd=00000000",
	};
	struct log_prefix prefix;
	char line[64];

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		snprintf(line, sizeof(line), "[   12.345678] %s", lines[i]);
		size_t length = log_prefix_read(line, strlen(line), &prefix);
		ck_assert_str_eq(line + length, lines[i]);
	}
}
END_TEST

START_TEST(prefixes_without_end)
{
	struct log_prefix prefix;
	static char line[1 << 16];

	memset(line, '>', sizeof(line));
	ck_assert_uint_eq(log_prefix_read(line, sizeof(line), &prefix), sizeof(line));
	for (size_t i = 0; i + 3 <= sizeof(line); i += 3)
		memcpy(line + i, "<4>", 3);
	ck_assert_uint_lt(log_prefix_read(line, sizeof(line), &prefix), 64);
	memset(line, '9', sizeof(line));
	ck_assert_uint_eq(log_prefix_read(line, sizeof(line), &prefix), 0);
	memset(line, 'a', sizeof(line));
	ck_assert_uint_eq(log_prefix_read(line, sizeof(line), &prefix), 0);
	memset(line, '[', sizeof(line));
	ck_assert_uint_eq(log_prefix_read(line, sizeof(line), &prefix), 0);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("log_prefix");

	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, prefixes_are_read, 0, ARRAY_SIZE(forms));
	tcase_add_test(cases, prefixes_are_cut_anywhere);
	tcase_add_test(cases, other_programs_are_told);
	tcase_add_test(cases, what_is_no_prefix);
	tcase_add_test(cases, what_is_no_label);
	tcase_add_test(cases, prefixes_without_end);
	return unit_run("log_prefix", cases);
}
