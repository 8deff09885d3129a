/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_UTC
#define TRIAGE_BASE_UTC

#include <stdbool.h>
#include <stdint.h>

/* Times as verdicts, lists and reports have them: UTC by RFC 3339, "2026-11-21T04:36:55Z". */
#define UTC_SIZE 24 /* of a text, with its NUL */

/* Seconds since the epoch as text; false, and "?", for a year of more than four digits. */
bool utc_format(int64_t seconds, char text[UTC_SIZE]);
/* The reverse; 0 for NULL and for what is no such text. */
int64_t utc_parse(const char *text);

#endif
