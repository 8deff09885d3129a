/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long it was between two lines of a log. */
#include "log/log_time.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

/* Days since 1970-01-01 of a date of the Gregorian calendar (Hinnant's days_from_civil). */
static long days_of(long year, unsigned month, unsigned day)
{
	year -= month <= 2;
	long era = (year >= 0 ? year : year - 399) / 400;
	unsigned of_era = (unsigned)(year - era * 400);
	unsigned of_year = (153 * (month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;

	return era * 146097 + (long)(of_era * 365 + of_era / 4 - of_era / 100 + of_year) - 719468;
}

static unsigned two_digits(const char *text)
{
	uint64_t value;

	return parse_dec(text, 2, &value) ? (unsigned)value : 0;
}

/* "03:12:45", "03:12:45.123", anywhere in the text. */
static bool clock_of(const char *wall, double *ret)
{
	for (const char *at = strchr(wall, ':'); at; at = strchr(at + 1, ':')) {
		if (at < wall + 1 || strspn(at + 1, "0123456789") != 2 || at[3] != ':' ||
		    strspn(at + 4, "0123456789") != 2 || at[-1] < '0' || at[-1] > '9')
			continue;
		const char *hour =
			at - wall >= 2 && at[-2] >= '0' && at[-2] <= '9' ? at - 2 : at - 1;
		double seconds = strtod(at + 4, NULL);

		*ret = atoi(hour) * 3600 + two_digits(at + 1) * 60 + seconds;
		return true;
	}
	return false;
}

/* 1 … 12 and how long its name is; 0 where no month stands. */
static unsigned month_of(const char *text, size_t *length)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	size_t digits = strspn(text, "0123456789");
	uint64_t month;

	*length = 3;
	for (unsigned i = 0; i < 12; i++)
		if (!strncmp(text, months + 3 * i, 3) && (text[3] == ' ' || text[3] == '\t'))
			return i + 1;
	/* "11月", of Chinese and Japanese locales */
	if (!digits || digits > 2 || strncmp(text + digits, "\xe6\x9c\x88", 3) != 0 ||
	    !parse_dec(text, digits, &month) || month > 12)
		return 0;
	*length = digits + 3;
	return (unsigned)month;
}

/* "2024-11-14", "2016/12/03" */
static bool iso_date(const char *wall, long *days)
{
	uint64_t year;

	for (; *wall; wall++)
		if (strspn(wall, "0123456789") == 4 && (wall[4] == '-' || wall[4] == '/') &&
		    strspn(wall + 5, "0123456789") == 2 && wall[7] == wall[4]) {
			if (!parse_dec(wall, 4, &year))
				return false;
			*days = days_of((long)year, two_digits(wall + 5), two_digits(wall + 8));
			return true;
		}
	return false;
}

/* "Nov 14 …", "Thu May  9 14:52:38 2024" */
static bool named_date(const char *wall, long *days)
{
	uint64_t day, year = 2000;

	for (const char *start = wall; *wall; wall++) {
		size_t name;

		if (wall > start && wall[-1] >= '0' && wall[-1] <= '9')
			continue;
		unsigned month = month_of(wall, &name);
		const char *end;

		if (!month || !parse_dec_start(wall + name + strspn(wall + name, " \t"), &day) ||
		    day > 31)
			continue;
		end = strrchr(wall, ' ');
		if (!end || strlen(end + 1) != 4 || !parse_dec(end + 1, 4, &year))
			year = 2000;
		*days = days_of((long)year, month, (unsigned)day);
		return true;
	}
	return false;
}

/* "1731553965.123456": of journalctl -o short-unix. */
static bool unix_time(const char *wall, double *ret)
{
	if (strspn(wall, "0123456789") != 10 || wall[10] != '.')
		return false;
	*ret = strtod(wall, NULL);
	return true;
}

bool log_time_of_wall(const char *wall, double *ret)
{
	double clock;
	long days;

	if (wall && unix_time(wall, ret))
		return true;
	if (!wall || !clock_of(wall, &clock) ||
	    (!iso_date(wall, &days) && !named_date(wall, &days)))
		return false;
	*ret = (double)days * 86400 + clock;
	return true;
}

bool log_time_between(const struct log *log, size_t from, size_t to, double *ret)
{
	const struct log_line *a = &log->lines[from], *b = &log->lines[to];
	double start, end;

	if (a->has_time && b->has_time)
		*ret = ((double)b->time_us - (double)a->time_us) / 1e6;
	else if (log_time_of_wall(log_wall(log, from), &start) &&
		 log_time_of_wall(log_wall(log, to), &end))
		*ret = end - start;
	else
		return false;
	return true;
}

void log_time_put(double seconds, struct str *out)
{
	if (seconds < 0.001)
		str_puts(out, "less than 1 ms");
	else if (seconds < 0.9995)
		str_printf(out, "%.0f ms", seconds * 1000);
	else if (seconds < 120)
		str_printf(out, "%.0f s", seconds);
	else if (seconds < 7200)
		str_printf(out, "%.0f min", seconds / 60);
	else if (seconds < 48 * 3600)
		str_printf(out, "%.1f h", seconds / 3600);
	else
		str_printf(out, "%.1f days", seconds / 86400);
}
