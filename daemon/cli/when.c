/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads points in time as people write them. */
#include "daemon/cli/when.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/parse.h"
#include "base/str.h"

#define DAY_S 86400
#define AGO_MAX_S (10000ll * 365 * DAY_S)
#define TEXT_MAX 64

/* False where the year is beyond an int. */
static bool to_calendar(int64_t seconds, bool utc, struct tm *tm)
{
	time_t time = seconds;

	*tm = (struct tm){0};
	return utc ? gmtime_r(&time, tm) : localtime_r(&time, tm);
}

/* False for a day that there is none of: the C library would take the 31st of April for May. */
static bool from_calendar(const struct tm *tm, bool utc, int64_t *ret)
{
	struct tm copy = *tm;

	copy.tm_isdst = -1;
	*ret = utc ? timegm(&copy) : mktime(&copy);
	return copy.tm_mday == tm->tm_mday && copy.tm_mon == tm->tm_mon && *ret >= 0;
}

static struct tm midnight(const struct when *when)
{
	struct tm tm;

	to_calendar(when->now, when->utc, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	return tm;
}

/* The calendar's day before: not 24 hours, where clocks are put back. */
static void one_day_back(struct tm *tm)
{
	struct tm copy = *tm;

	copy.tm_hour = 12; /* noon is there every day */
	copy.tm_mday--;
	timegm(&copy);
	tm->tm_year = copy.tm_year;
	tm->tm_mon = copy.tm_mon;
	tm->tm_mday = copy.tm_mday;
}

/* Two digits below a bound; moves text behind them. */
static bool two_digits(const char **text, int below, int *ret)
{
	const char *at = *text;

	if (!isdigit((unsigned char)at[0]) || !isdigit((unsigned char)at[1]))
		return false;
	*ret = (at[0] - '0') * 10 + at[1] - '0';
	*text += 2;
	return *ret < below;
}

/* "16:10" or "16:10:30"; "9:05" as well. Moves text behind it. */
static bool read_clock(const char **text, struct tm *tm)
{
	const char *at = *text;

	if (isdigit((unsigned char)at[0]) && at[1] == ':')
		tm->tm_hour = *at++ - '0';
	else if (!two_digits(&at, 24, &tm->tm_hour))
		return false;
	if (*at++ != ':' || !two_digits(&at, 60, &tm->tm_min))
		return false;
	tm->tm_sec = 0;
	if (*at == ':') {
		at++;
		if (!two_digits(&at, 60, &tm->tm_sec))
			return false;
	}
	*text = at;
	return true;
}

/* "Z", "+01:00", "-0530": seconds east of Greenwich. The whole rest of text. */
static bool read_zone(const char *text, int64_t *east)
{
	int hours, minutes, sign = *text == '-' ? -1 : 1;

	*east = 0;
	if (!strcmp(text, "Z") || !strcmp(text, " UTC"))
		return true;
	if (*text != '+' && *text != '-')
		return false;
	text++;
	if (!two_digits(&text, 24, &hours))
		return false;
	text += *text == ':';
	if (!two_digits(&text, 60, &minutes) || *text)
		return false;
	*east = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool read_clock_alone(const char *text, const struct when *when, int64_t *ret)
{
	struct tm tm = midnight(when);

	if (!read_clock(&text, &tm) || *text)
		return false;
	if (from_calendar(&tm, when->utc, ret) && *ret <= when->now)
		return true;
	one_day_back(&tm);
	return from_calendar(&tm, when->utc, ret);
}

static bool read_day(const char *text, const struct when *when, int64_t *ret)
{
	struct tm tm = midnight(when);
	const char *rest;

	if (!strcasecmp(text, "now")) {
		*ret = when->now;
		return true;
	}
	if (!strncasecmp(text, "today", 5)) {
		rest = text + 5;
	} else if (!strncasecmp(text, "yesterday", 9)) {
		rest = text + 9;
		one_day_back(&tm);
	} else {
		return false;
	}
	if (*rest && (*rest++ != ' ' || !read_clock(&rest, &tm) || *rest))
		return false;
	return from_calendar(&tm, when->utc, ret);
}

static bool read_date(const char *text, const struct when *when, int64_t *ret)
{
	struct tm tm = {0};
	const char *rest = strptime(text, "%Y-%m-%d", &tm);
	bool clock = rest && (*rest == ' ' || *rest == 'T');
	int64_t east;

	if (!rest || !isdigit((unsigned char)*text))
		return false;
	if (clock) {
		rest++;
		if (!read_clock(&rest, &tm))
			return false;
		/* RFC 3339 has fractions of a second: of no use here. */
		if (*rest == '.')
			rest += 1 + strspn(rest + 1, "0123456789");
	}
	if (!*rest)
		return from_calendar(&tm, when->utc, ret);
	if (!clock || !read_zone(rest, &east) || !from_calendar(&tm, true, ret))
		return false;
	*ret -= east;
	return *ret >= 0;
}

/* Seconds of a unit by its name, which is length bytes long; 0 for none. */
static int64_t unit_s(const char *name, size_t length)
{
	static const struct {
		const char *names;
		int64_t seconds;
	} units[] = {
		{"s sec secs second seconds", 1}, {"m min mins minute minutes", 60},
		{"h hr hrs hour hours", 3600},	  {"d day days", DAY_S},
		{"w week weeks", 7 * DAY_S},	  {"month months", 30 * DAY_S},
		{"y year years", 365 * DAY_S},
	};

	for (size_t i = 0; length && i < ARRAY_SIZE(units); i++)
		for (const char *at = units[i].names; *at; at += strspn(at, " ")) {
			size_t size = strcspn(at, " ");

			if (size == length && !strncasecmp(at, name, length))
				return units[i].seconds;
			at += size;
		}
	return 0;
}

/* A row of "NUMBER UNIT", with or without blanks, and perhaps "ago" behind it. */
static bool read_ago(const char *text, const struct when *when, int64_t *ret)
{
	int64_t ago = 0;
	uint64_t number;

	text += *text == '-';
	if (!isdigit((unsigned char)*text))
		return false;
	while (*text && strcasecmp(text, "ago")) {
		size_t digits = strspn(text, "0123456789"), letters;
		int64_t unit;

		if (!parse_dec(text, digits, &number) || number > AGO_MAX_S)
			return false;
		text += digits;
		text += strspn(text, " ");
		letters = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
		unit = unit_s(text, letters);
		if (!unit || (int64_t)number > (AGO_MAX_S - ago) / unit)
			return false;
		ago += (int64_t)number * unit;
		text += letters;
		text += strspn(text, " ");
	}
	*ret = MAX(when->now - ago, 0);
	return true;
}

static bool read_epoch(const char *text, int64_t *ret)
{
	uint64_t number;

	if (*text != '@' || !parse_dec(text + 1, strlen(text + 1), &number) || number > AGO_MAX_S)
		return false;
	*ret = (int64_t)number;
	return true;
}

struct err *when_parse(const char *text, const struct when *when, int64_t *ret)
{
	text += strspn(text, " ");
	if (strlen(text) < TEXT_MAX &&
	    (read_day(text, when, ret) || read_clock_alone(text, when, ret) ||
	     read_date(text, when, ret) || read_ago(text, when, ret) || read_epoch(text, ret)))
		return NULL;
	return err_new(ERR_INVALID,
		       "not a time (yesterday, 16:10, 2026-11-21, \"2026-11-21 04:36\", -2h, "
		       "\"2 days ago\"): \"%.*s\"",
		       TEXT_MAX, text);
}

static void format(int64_t seconds, bool utc, const char *how, char text[WHEN_SIZE])
{
	struct tm tm;

	if (!to_calendar(seconds, utc, &tm) || seconds < 0 || tm.tm_year + 1900 > 9999 ||
	    !strftime(text, WHEN_SIZE, how, &tm))
		copy_string(text, WHEN_SIZE, "?");
}

void when_minutes(int64_t seconds, const struct when *when, char text[WHEN_SIZE])
{
	format(seconds, when->utc, "%Y-%m-%d %H:%M", text);
}

void when_zoned(int64_t seconds, const struct when *when, char text[WHEN_SIZE])
{
	format(seconds, when->utc, when->utc ? "%Y-%m-%d %H:%M:%S UTC" : "%Y-%m-%d %H:%M:%S %Z",
	       text);
}

/* In the largest unit of which there are two or more, but for years. */
void when_ago(int64_t seconds, const struct when *when, char text[WHEN_SIZE])
{
	static const struct {
		int64_t seconds;
		const char *one, *many;
	} units[] = {{365 * DAY_S, "year", "years"},
		     {30 * DAY_S, "month", "months"},
		     {7 * DAY_S, "week", "weeks"},
		     {DAY_S, "day", "days"},
		     {3600, "h", "h"},
		     {60, "min", "min"},
		     {1, "s", "s"}};
	int64_t age = when->now - seconds, length = age < 0 ? -age : age;
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(units) && length < (i ? 2 : 1) * units[i].seconds)
		i++;
	length /= units[i].seconds;
	snprintf(text, WHEN_SIZE, age < 0 ? "in %lld %s" : "%lld %s ago", (long long)length,
		 length == 1 ? units[i].one : units[i].many);
	if (seconds < 0)
		copy_string(text, WHEN_SIZE, "?");
}
