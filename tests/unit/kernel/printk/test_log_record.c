/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "kernel/printk/dmesg.h"
#include "kernel/printk/log_record.h"

static struct log *parse(const char *text)
{
	struct log *log;

	assert_ok(dmesg_parse(text, strlen(text), &log));
	return log;
}

#define NO_TIME UINT64_MAX

/* The kernel's two lines "first" and "second" in each form that has fields. */
static const struct {
	const char *text;
	uint64_t time_us; /* of the first */
	int level;
	const char *wall, *host;
} forms[] = {
	/* journalctl -o json */
	{"{\"__REALTIME_TIMESTAMP\":\"1731553965123456\",\"_HOSTNAME\":\"node1\",\"PRIORITY\":"
	 "\"4\","
	 "\"_TRANSPORT\":\"kernel\",\"_SOURCE_MONOTONIC_TIMESTAMP\":\"12345678\",\"MESSAGE\":"
	 "\"first\"}\n"
	 "{\"MESSAGE\":\"login\",\"_TRANSPORT\":\"syslog\",\"SYSLOG_IDENTIFIER\":\"sshd\"}\n"
	 "{\"MESSAGE\":[115,101,99,111,110,100],\"_TRANSPORT\":\"kernel\"}\n",
	 12345678, 4, "2024-11-14T03:12:45Z", "node1"},
	/* journalctl -o json-pretty */
	{"{\n\t\"_TRANSPORT\" : \"kernel\",\n\t\"PRIORITY\" : \"3\",\n\t\"MESSAGE\" : "
	 "\"first\"\n}\n"
	 "{\n\t\"MESSAGE\" : \"second\",\n\t\"_TRANSPORT\" : \"kernel\"\n}\n",
	 NO_TIME, 3, NULL, NULL},
	/* journalctl -o export; the second message is not all text */
	{"__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1731553965123456\n_TRANSPORT=kernel\nPRIORITY=4\n"
	 "_HOSTNAME=node1\nMESSAGE=first\n_SOURCE_MONOTONIC_TIMESTAMP=12345678\n\n"
	 "__CURSOR=s=1;i=3\n_TRANSPORT=syslog\nMESSAGE=login\n\n"
	 "__CURSOR=s=1;i=4\n_TRANSPORT=kernel\nMESSAGE\n\x06second\n\n",
	 12345678, 4, "2024-11-14T03:12:45Z", "node1"},
	/* journalctl -o verbose */
	{"Thu 2024-11-14 03:12:45.123456 CET [s=1;i=2;b=3;m=4;t=5;x=6]\n    _TRANSPORT=kernel\n"
	 "    PRIORITY=4\n    MESSAGE=first\n"
	 "Thu 2024-11-14 03:12:45.123460 CET [s=1;i=3;b=3;m=4;t=5;x=6]\n    MESSAGE=second\n"
	 "    _TRANSPORT=kernel\n",
	 NO_TIME, 4, NULL, NULL},
	/* dmesg --json */
	{"{\n   \"dmesg\": [\n      {\n         \"pri\":   6,\n         \"time\":     12.345678,\n"
	 "         \"msg\": \"first\"\n      },{\n         \"pri\": 5,\n         \"time\": "
	 "13.000000,\n"
	 "         \"msg\": \"second\"\n      }\n   ]\n}\n",
	 12345678, 6, NULL, NULL},
	/* docker */
	{"{\"log\":\"\\u003c4\\u003e[   12.345678] first\\n\",\"stream\":\"stdout\","
	 "\"time\":\"2024-11-14T03:12:45.123Z\"}\n"
	 "{\"log\":\"[   12.345680] second\\r\\n\",\"stream\":\"stdout\"}\n",
	 12345678, 4, "2024-11-14T03:12:45.123Z", NULL},
	/* Loki */
	{"{\"labels\":{\"job\":\"kernel\"},\"line\":\"[   12.345678] "
	 "first\",\"timestamp\":\"2024-11-14T03:"
	 "12:45Z\"}\n{\"labels\":{},\"line\":\"[   12.345680] second\"}\n",
	 12345678, -1, "2024-11-14T03:12:45Z", NULL},
	/* Google's and Amazon's */
	{"{\"insertId\":\"x\",\"textPayload\":\"[   12.345678] "
	 "first\",\"timestamp\":\"2024-11-14T03:12:45Z\"}\n"
	 "{\"message\":\"[   12.345680] second\",\"timestamp\":1731553965123}\n",
	 12345678, -1, "2024-11-14T03:12:45Z", NULL},
	/* LAVA */
	{"- {\"dt\": \"2024-11-14T03:12:45\", \"lvl\": \"target\", \"msg\": \"<4>[   12.345678] "
	 "first\"}\n"
	 "- {\"dt\": \"x\", \"lvl\": \"target\", \"msg\": \"<4>[   12.345679] second\"}\n",
	 12345678, 4, NULL, NULL},
};

START_TEST(records_become_lines)
{
	struct log *log = parse(forms[_i].text);

	ck_assert_uint_eq(log->count, 2);
	ck_assert_str_eq(log->lines[0].text, "first");
	ck_assert_str_eq(log->lines[1].text, "second");
	ck_assert_int_eq(log->lines[0].has_time, forms[_i].time_us != NO_TIME);
	if (log->lines[0].has_time)
		ck_assert_uint_eq(log->lines[0].time_us, forms[_i].time_us);
	ck_assert_int_eq(log->lines[0].level, forms[_i].level);
	ck_assert_str_eq(log_wall(log, 0) ? log_wall(log, 0) : "none",
			 forms[_i].wall ? forms[_i].wall : "none");
	ck_assert_str_eq(log->host ? log->host : "none", forms[_i].host ? forms[_i].host : "none");
	log_close(log);
}
END_TEST

/* Cut anywhere, the lines before are what they were, and nothing is read beyond the end. */
START_TEST(records_are_cut_anywhere)
{
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		for (size_t length = 0; length < strlen(forms[i].text); length++) {
			char *text = malloc(length + 1);
			struct log *log;

			memcpy(text, forms[i].text, length);
			assert_ok(dmesg_parse(text, length, &log));
			log_close(log);
			free(text);
		}
}
END_TEST

START_TEST(other_braces_are_text)
{
	struct log *log = parse("{ not json }\n{\"key\": 1}\n{\"a\"\n{}\n[ { \"msg\" ]\n"
				"WARNING: {HARDIRQ-ON-W} state\n");

	ck_assert_uint_eq(log->count, 6);
	ck_assert_str_eq(log->lines[0].text, "{ not json }");
	ck_assert_str_eq(log->lines[5].text, "WARNING: {HARDIRQ-ON-W} state");
	log_close(log);
}
END_TEST

/* A message of many lines, and one that never ends. */
START_TEST(long_messages)
{
	_str_ struct str text = {0};
	struct log *log = parse("{\"msg\":\"[    1.000000] a\\nb\\nc\"}\n");

	ck_assert_uint_eq(log->count, 3);
	ck_assert_str_eq(log->lines[2].text, "c");
	ck_assert(log->lines[2].continued);
	log_close(log);
	str_puts(&text, "{\"msg\":\"");
	for (unsigned i = 0; i < 300000; i++)
		str_puts(&text, "\\u0041");
	log = parse(text.data);
	ck_assert_uint_le(strlen(log->lines[0].text), 65536);
	log_close(log);
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("log_record");

	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, records_become_lines, 0, ARRAY_SIZE(forms));
	tcase_add_test(cases, records_are_cut_anywhere);
	tcase_add_test(cases, other_braces_are_text);
	tcase_add_test(cases, long_messages);
	return unit_run("log_record", cases);
}
