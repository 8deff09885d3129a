/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTC times as text, and back. */
#include "base/utc.h"

#include <string.h>
#include <time.h>

#define RFC_3339 "%Y-%m-%dT%H:%M:%SZ"

bool utc_format(int64_t seconds, char text[UTC_SIZE])
{
	time_t time = seconds;
	struct tm tm;

	if (gmtime_r(&time, &tm) && tm.tm_year >= -1900 && tm.tm_year < 10000 - 1900 &&
	    strftime(text, UTC_SIZE, RFC_3339, &tm))
		return true;
	strcpy(text, "?");
	return false;
}

int64_t utc_parse(const char *text)
{
	struct tm tm = {0};
	const char *end = text ? strptime(text, RFC_3339, &tm) : NULL;

	return end && !*end ? timegm(&tm) : 0;
}
