/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "daemon/log.h"

START_TEST(priority_follows_severity)
{
	ck_assert_int_eq(log_verdict_priority("critical", false), LOG_CRIT);
	ck_assert_int_eq(log_verdict_priority("warning", false), LOG_WARNING);
	ck_assert_int_eq(log_verdict_priority("notice", false), LOG_NOTICE);
	ck_assert_int_eq(log_verdict_priority("info", false), LOG_INFO);
	ck_assert_int_eq(log_verdict_priority("no such", false), LOG_NOTICE);
	ck_assert_int_eq(log_verdict_priority(NULL, false), LOG_NOTICE);
}
END_TEST

START_TEST(what_broke_off_is_worth_a_warning)
{
	ck_assert_int_eq(log_verdict_priority("info", true), LOG_WARNING);
	ck_assert_int_eq(log_verdict_priority(NULL, true), LOG_WARNING);
	ck_assert_int_eq(log_verdict_priority("critical", true), LOG_CRIT);
}
END_TEST

UNIT_MAIN("log", priority_follows_severity, what_broke_off_is_worth_a_warning)
