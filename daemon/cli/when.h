/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_WHEN
#define TRIAGE_DAEMON_CLI_WHEN

#include "base/error.h"

/* Points in time as people write and read them. Seconds since the epoch throughout. */
struct when {
	int64_t now;
	bool utc; /* else by the local time zone: $TZ, /etc/localtime */
};

/*
 * What a person means by
 *   now, today, yesterday             the latter two at midnight, or with a clock: yesterday 16:10
 *   16:10, 16:10:30                   the last time that it was so late
 *   2026-11-21, 2026-11-21 04:36[:50] with a T between them as well; then a Z or +01:00 may follow
 *   2h, -2h, 2h 30min ago, 2 days ago so long before now: s, min, h, d, w, months, y, and their names
 *   @1764490000                       seconds since the epoch
 * ERR_INVALID for anything else, for a day that no month has and for a time before 1970.
 */
struct err *when_parse(const char *text, const struct when *when, int64_t *ret);

#define WHEN_SIZE 40 /* of a text, with its NUL */
/* "2026-11-21 04:36"; "?" for a year of more than four digits. */
void when_minutes(int64_t seconds, const struct when *when, char text[WHEN_SIZE]);
/* "3 days ago", "in 2 h"; "?" for a time before 1970. */
void when_ago(int64_t seconds, const struct when *when, char text[WHEN_SIZE]);
/* "2026-11-21 04:36:50 CET", for what leaves this machine. */
void when_zoned(int64_t seconds, const struct when *when, char text[WHEN_SIZE]);

#endif
