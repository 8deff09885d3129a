/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the reports that SLUB's own checks leave in the log. */
#include "memory/slab_report.h"

#include <string.h>

#include "base/parse.h"
#include "base/str.h"

#define REPORT_LINES 600 /* of one report: 256 of the object's bytes, its red zones, two stacks */

/* A pointer as printed; a hashed one has no upper half. */
static uint64_t pointer_after(const char *text, const char *word)
{
	uint64_t value;

	return parse_hex_after(text, word, &value) && value >> 47 == 0x1ffff ? value : 0;
}

/* "BUG kmalloc-1k (Tainted: G    B): Poison overwritten" */
static bool read_head(const char *text, struct slab_report *report)
{
	const char *open = strstr(text, " ("), *close = open ? strstr(open, "): ") : NULL;

	if (!has_prefix(text, "BUG ") || !close || open < text + 5)
		return false;
	copy_part(report->cache, sizeof(report->cache), text + 4, (size_t)(open - text - 4));
	copy_string(report->problem, sizeof(report->problem), close + 3);
	return is_printable(report->cache, strlen(report->cache)) &&
	       is_printable(report->problem, strlen(report->problem));
}

/*
 * "[Poison overwritten] 0x…-0x… @offset=512. First byte 0x18 instead of 0x6b", since v6.15 in front
 * of the head; before, "INFO: 0x…-0x… …" or no word at all, after it.
 */
static bool read_range(const char *text, struct slab_report *report)
{
	const char *offset = strstr(text, " @offset="), *from = strstr(text, "0x");
	const char *dash = from ? strchr(from, '-') : NULL;
	uint64_t expected;

	if (!offset || !dash || dash > offset || !strstr(text, ". First byte 0x"))
		return false;
	report->from = pointer_after(from, "0x");
	report->to = pointer_after(dash, "-0x");
	if (!report->to) /* without 0x in 3.10 */
		report->to = pointer_after(dash, "-");
	if (!report->from || report->to < report->from)
		report->from = report->to = 0;
	report->expected =
		parse_hex_after(text, "instead of 0x", &expected) ? (int)(expected & 0xff) : -1;
	const char *close = strchr(text, ']');
	if (*text == '[' && close && close < from)
		copy_string(report->problem, MIN(sizeof(report->problem), (size_t)(close - text)),
			    text + 1);
	return true;
}

/* "Object   ffff8e175f376400: 18 03 56 00 …  ..V.": sixteen bytes a line, in order. */
static void read_bytes(const char *text, struct slab_report *report)
{
	const char *at = strstr(text, ": ");

	if (strncmp(text, "Object ", 7) || strstr(text, "@offset=") || !at)
		return;
	at += 2;
	for (unsigned i = 0; i < 16 && report->length < SLAB_REPORT_BYTES; i++, at += 3) {
		uint64_t byte;

		if (strlen(at) < 2 || !parse_hex(at, 2, &byte) || (at[2] && at[2] != ' '))
			return;
		report->bytes[report->length++] = (uint8_t)byte;
		if (!at[2])
			return;
	}
}

static void read_track(const char *text, const char *word, char *buf, size_t size)
{
	const char *at = strstr(text, word);

	if (at && !buf[0] && is_printable(at, strlen(at)))
		copy_string(buf, size, at + strlen(word));
}

static void read_line(const char *text, struct slab_report *report)
{
	if (strstr(text, "First byte 0x") && !report->from)
		read_range(text, report);
	read_track(text, "Allocated in ", report->allocated_by, sizeof(report->allocated_by));
	read_track(text, "Freed in ", report->freed_by, sizeof(report->freed_by));
	if (strstr(text, "Object 0x") && strstr(text, "@offset=") && !report->object)
		report->object = pointer_after(text, "Object 0x");
	read_bytes(text, report);
}

static bool ends(const char *text)
{
	return !strncmp(text, "FIX ", 4) || !strncmp(text, "Kernel panic", 12) ||
	       !strncmp(text, "Call Trace", 10) || !strncmp(text, "=====", 5);
}

bool slab_report_next(const struct log *log, size_t *line, struct slab_report *ret)
{
	for (; *line < log->count; (*line)++) {
		size_t at = *line, last = MIN(log->count, at + REPORT_LINES);

		if (!has_prefix(log->lines[at].text, "BUG "))
			continue;
		*ret = (struct slab_report){.expected = -1};
		if (!read_head(log->lines[at].text, ret))
			continue;
		/* what went before: the ruler and, since v6.15, the range */
		for (size_t back = 1; back <= 3 && back <= at && !ret->from; back++)
			if (log->lines[at - back].text[0] == '[')
				read_range(log->lines[at - back].text, ret);
		for (++at; at < last && !ends(log->lines[at].text); at++)
			read_line(log->lines[at].text, ret);
		*line = at;
		return true;
	}
	return false;
}
