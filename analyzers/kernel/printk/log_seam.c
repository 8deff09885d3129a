/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a CPU has cut another one's line in its midst: two lines stand in one. */
#include "kernel/printk/log_seam.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/printk/log_begin.h"
#include "kernel/printk/log_word.h"

#define APART_MAX_US 60000000 /* between two CPUs' lines that met */

/* "[   12.345678]" as printk writes it, or "[ 12.345678]": its length, 0 when it is none. */
static size_t stamp_at(const char *line, size_t length, uint64_t *us)
{
	size_t from = 1, whole, part = 0;
	uint64_t seconds, micros;

	while (from < length && from < 6 && line[from] == ' ')
		from++;
	for (whole = from; whole < length && isdigit((unsigned char)line[whole]);)
		whole++;
	bool squeezed = from == 2 && whole > from; /* a web page makes one blank of several */

	if ((whole < 6 && !squeezed) || whole - from > 9 || whole == length || line[whole] != '.')
		return 0;
	while (whole + 1 + part < length && isdigit((unsigned char)line[whole + 1 + part]))
		part++;
	if (part != 6 || whole + 8 > length || line[whole + 7] != ']' ||
	    !parse_dec(line + from, whole - from, &seconds) ||
	    !parse_dec(line + whole + 1, 6, &micros))
		return 0;
	*us = seconds * 1000000 + micros;
	return whole + 8;
}

/* "prog[1]: [   12.345678] …", "(…", "=…": who writes so quotes a log. */
static bool is_quoted(const char *line, size_t at)
{
	static const char trace[] = "Call Trace: "; /* of which frames follow */
	size_t length = sizeof(trace) - 1;

	if (at >= length && !memcmp(line + at - length, trace, length))
		return false;
	return at && (strchr("\"'(=`", line[at - 1]) ||
		      (at > 1 && line[at - 1] == ' ' && line[at - 2] == ':'));
}

static bool is_stamp(const char *line, size_t length, size_t at, uint64_t time_us)
{
	uint64_t us;

	if (!stamp_at(line + at, length - at, &us))
		return false;
	return us + APART_MAX_US >= time_us && us <= time_us + APART_MAX_US;
}

/* "<4>" */
static bool is_level(const char *line, size_t length, size_t at)
{
	return at + 3 < length && line[at] == '<' && line[at + 1] >= '0' && line[at + 1] <= '7' &&
	       line[at + 2] == '>';
}

#define EACH_BYTE 0x0101010101010101u

/* Does one of eight bytes hold this one? */
static bool holds(uint64_t eight, unsigned char byte)
{
	uint64_t other = eight ^ EACH_BYTE * byte;

	return (other - EACH_BYTE) & ~other & EACH_BYTE * 0x80;
}

/* The next '<' or '[' from a place on: each byte of a log is looked at. */
static size_t next_open(const char *line, size_t length, size_t at)
{
	for (uint64_t eight; at + sizeof(eight) <= length; at += sizeof(eight)) {
		memcpy(&eight, line + at, sizeof(eight));
		if (holds(eight, '<') || holds(eight, '['))
			break;
	}
	while (at < length && line[at] != '<' && line[at] != '[')
		at++;
	return at;
}

size_t log_seam_find(const char *line, size_t length, size_t from, uint64_t time_us)
{
	for (size_t at = from; (at = next_open(line, length, at)) < length; at++) {
		bool level = line[at] == '<' && is_level(line, length, at);
		size_t words = at + 3;

		if (is_quoted(line, at) || (!level && line[at] != '['))
			continue;
		if (is_stamp(line, length, level ? words : at, time_us))
			return at - (at > from + 3 && is_level(line, length, at - 3) ? 3 : 0);
		if (level && (log_has_beginning(line + words, length - words) ||
			      log_is_frame(line + words, length - words)))
			return at;
	}
	return length;
}

/*
 * A console has what programs write too, up to where they stopped: "/init: line 384: [  271.403835] Kernel
 * panic". Nothing but the words behind the stamp tells it from a text that quotes a log.
 */
size_t log_seam_behind_program(const char *line, size_t length, uint64_t time_us)
{
	for (size_t at = 1; at < length; at++) {
		uint64_t us;
		size_t stamp = line[at] == '[' ? stamp_at(line + at, length - at, &us) : 0;
		size_t words = at + stamp + 1;

		if (stamp && us >= time_us && words < length && line[words - 1] == ' ' &&
		    log_has_beginning(line + words, length - words))
			return at;
	}
	return length;
}

#define FOLDED_BYTES 256 /* a line in which several stand is longer */
#define FOLDED_STAMPS 3

uint64_t log_seam_folded(const char *line, size_t length)
{
	uint64_t first = 0, last = 0, us;
	unsigned count = 0;

	for (size_t at = 1; length >= FOLDED_BYTES && at < length; at++) {
		if (line[at] != '[' || !stamp_at(line + at, length - at, &us) ||
		    is_quoted(line, at))
			continue;
		if (us < last || us - last > APART_MAX_US)
			count = 0;
		if (!count++)
			first = us;
		if (count == FOLDED_STAMPS)
			return first;
		last = us;
	}
	return 0;
}
