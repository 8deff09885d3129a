/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "daemon/cli/when.h"

/* 2026-11-30 09:13:49 in Berlin, UTC+1. */
#define NOW 1796026429ll

static void set_zone(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

/* What a text means, as UTC; "" for what is refused. */
static const char *meaning(const char *text, const char *zone, bool utc, int64_t now)
{
	static char shown[WHEN_SIZE];
	const struct when when = {now, utc};
	const struct when greenwich = {now, true};
	int64_t seconds;

	set_zone(zone);
	if (!err_ok(when_parse(text, &when, &seconds)))
		return "";
	when_zoned(seconds, &greenwich, shown);
	return shown;
}

#define MEANS(text, zone, utc, expected)                                                           \
	ck_assert_msg(!strcmp(meaning(text, zone, utc, NOW), expected), "\"%s\" means \"%s\"",     \
		      text, meaning(text, zone, utc, NOW))

START_TEST(words_and_clocks_are_local)
{
	static const char berlin[] = "CET-1CEST,M3.5.0,M10.5.0/3";

	MEANS("now", berlin, false, "2026-11-30 08:13:49 UTC");
	MEANS("today", berlin, false, "2026-11-29 23:00:00 UTC");
	MEANS("Yesterday", berlin, false, "2026-11-28 23:00:00 UTC");
	MEANS("yesterday 16:10", berlin, false, "2026-11-29 15:10:00 UTC");
	MEANS("today 9:05", berlin, false, "2026-11-30 08:05:00 UTC");
	MEANS("08:00", berlin, false, "2026-11-30 07:00:00 UTC");
	MEANS("16:10", berlin, false, "2026-11-29 15:10:00 UTC"); /* it is not so late yet */
	MEANS("16:10:30", berlin, false, "2026-11-29 15:10:30 UTC");
	MEANS("2026-07-01", berlin, false, "2026-06-30 22:00:00 UTC");
	MEANS("2026-11-01 04:36", berlin, false, "2026-11-01 03:36:00 UTC");
	MEANS("2026-11-01T04:36:50", berlin, false, "2026-11-01 03:36:50 UTC");
	MEANS("today", berlin, true, "2026-11-30 00:00:00 UTC");
	MEANS("2026-11-01 04:36", berlin, true, "2026-11-01 04:36:00 UTC");
}
END_TEST

START_TEST(a_zone_that_is_named_is_kept_to)
{
	MEANS("2026-11-01T04:36:50Z", "CET-1", false, "2026-11-01 04:36:50 UTC");
	MEANS("2026-11-01T04:36:50.123456Z", "CET-1", false, "2026-11-01 04:36:50 UTC");
	MEANS("2026-11-01T04:36:50+02:00", "CET-1", false, "2026-11-01 02:36:50 UTC");
	MEANS("2026-11-01T04:36:50-0530", "CET-1", true, "2026-11-01 10:06:50 UTC");
	MEANS("2026-11-01 04:36 UTC", "CET-1", false, "2026-11-01 04:36:00 UTC");
	MEANS("@1764490000", "CET-1", false, "2025-11-30 08:06:40 UTC");
}
END_TEST

START_TEST(so_long_ago)
{
	MEANS("2h", "UTC", false, "2026-11-30 06:13:49 UTC");
	MEANS("-2h", "UTC", false, "2026-11-30 06:13:49 UTC");
	MEANS("2 days ago", "UTC", false, "2026-11-28 08:13:49 UTC");
	MEANS("1h 30min ago", "UTC", false, "2026-11-30 06:43:49 UTC");
	MEANS("-1h30m", "UTC", false, "2026-11-30 06:43:49 UTC");
	MEANS("1 Week ago", "UTC", false, "2026-11-23 08:13:49 UTC");
	MEANS("2 months", "UTC", false, "2026-10-01 08:13:49 UTC");
	MEANS("7d", "UTC", false, "2026-11-23 08:13:49 UTC");
	MEANS("2y", "UTC", false, "2024-11-30 08:13:49 UTC");
	MEANS("90s", "UTC", false, "2026-11-30 08:12:19 UTC");
	MEANS("900 years ago", "UTC", false, "1970-01-01 00:00:00 UTC");
}
END_TEST

/* Clocks were put back in the night before noon of 2026-10-25: the day has 25 hours. */
START_TEST(days_are_the_calendars)
{
	static const char berlin[] = "CET-1CEST,M3.5.0,M10.5.0/3";
	const int64_t morning = 1792969200; /* 2026-10-26 00:00 in Berlin */

	ck_assert_str_eq(meaning("yesterday", berlin, false, morning + 3600),
			 "2026-10-24 22:00:00 UTC");
	ck_assert_str_eq(meaning("today", berlin, false, morning + 3600),
			 "2026-10-25 23:00:00 UTC");
	ck_assert_str_eq(meaning("23:30", berlin, false, morning + 60), "2026-10-25 22:30:00 UTC");
	ck_assert_str_eq(meaning("yesterday", "UTC", false, 1772323200), "2026-02-28 00:00:00 UTC");
}
END_TEST

START_TEST(nonsense_is_refused)
{
	static const char *const texts[] = {
		"",
		"yesterweek",
		"today ",
		"yesterday16:10",
		"25:00",
		"16:60",
		"1:2",
		"2026-13-01",
		"2026-02-30",
		"2026-04-31",
		"2026",
		"30",
		"-",
		"ago",
		"2h 30",
		"2 fortnights",
		"+2h",
		"2026-11-01x",
		"2026-11-01 04",
		"@",
		"@-1",
		"1960-01-01",
		"2026-11-01Z",
		"12345678901234567890h",
		"99999999999999999 days ago",
		"10000y 10000y",
		"2026-11-01 04:36 CEST",
		"2026-11-01 04:36:50+99:00",
		"                                                                            2h 2h "
		"2h "
		"2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h 2h",
		"\x1b[2J",
		"-2h\xff",
		"today\t16:10"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		ck_assert_msg(!*meaning(texts[i], "CET-1", false, NOW), "\"%s\" means %s", texts[i],
			      meaning(texts[i], "CET-1", false, NOW));
}
END_TEST

START_TEST(times_are_written_in_the_zone)
{
	const struct when local = {NOW, false}, utc = {NOW, true};
	char text[WHEN_SIZE];

	set_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	when_minutes(NOW, &local, text);
	ck_assert_str_eq(text, "2026-11-30 09:13");
	when_zoned(NOW, &local, text);
	ck_assert_str_eq(text, "2026-11-30 09:13:49 CET");
	when_minutes(NOW, &utc, text);
	ck_assert_str_eq(text, "2026-11-30 08:13");
	when_zoned(INT64_MAX, &local, text);
	ck_assert_str_eq(text, "?");
	when_minutes(-1, &utc, text);
	ck_assert_str_eq(text, "?");
	when_minutes(253402300800, &utc, text); /* the year 10000 */
	ck_assert_str_eq(text, "?");
}
END_TEST

UNIT_MAIN("when", words_and_clocks_are_local, a_zone_that_is_named_is_kept_to, so_long_ago,
	  days_are_the_calendars, nonsense_is_refused, times_are_written_in_the_zone)
