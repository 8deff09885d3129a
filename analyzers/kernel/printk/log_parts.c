/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Puts the parts of a log that pstore kept into their order. */
#include "kernel/printk/log_parts.h"

#include <stdlib.h>

#include "base/parse.h"

#define PARTS_MAX 4096

struct part {
	uint64_t record, number;
	size_t order; /* in the text */
	const char *start;
	size_t length;
};

/* kmsg_dump_reason_str() of all eras. */
static const char *const reasons[] = {"Panic",	  "Oops",     "Emergency", "Restart", "Halt",
				      "Shutdown", "Poweroff", "Kexec",	   "Unknown"};

static size_t digits(const char *text, size_t length)
{
	size_t count = 0;

	while (count < length && text[count] >= '0' && text[count] <= '9')
		count++;
	return count;
}

/* "Oops#1 Part2": both numbers. */
static bool read_head(const char *line, size_t length, struct part *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		size_t at = strlen(reasons[i]), count;

		if (length <= at || memcmp(line, reasons[i], at) != 0 || line[at++] != '#')
			continue;
		count = digits(line + at, length - at);
		if (!parse_dec(line + at, count, &ret->record))
			return false;
		at += count;
		if (length - at < 5 || memcmp(line + at, " Part", 5) != 0)
			return false;
		at += 5;
		count = digits(line + at, length - at);
		if (at + count < length && line[at + count] == '\r')
			length--;
		return parse_dec(line + at, count, &ret->number) && at + count == length;
	}
	return false;
}

bool log_parts_is_head(const char *line, size_t length)
{
	struct part unused;

	return read_head(line, length, &unused);
}

static int by_time(const void *a, const void *b)
{
	const struct part *left = a, *right = b;

	if (left->record != right->record)
		return left->record < right->record ? -1 : 1;
	if (left->number != right->number)
		return left->number > right->number ? -1 : 1;
	return left->order < right->order ? -1 : left->order > right->order;
}

/* "====1700000000.123456-C": what ramoops writes before each record. */
static bool is_ram_head(const char *line, size_t length)
{
	return length > 4 && !memcmp(line, "====", 4) && digits(line + 4, length - 4);
}

/* parts[0] is what stands before the first head. Returns how many there are. */
static size_t find_parts(const char *text, size_t length, struct part *parts)
{
	size_t count = 1;

	parts[0] = (struct part){.start = text};
	for (const char *at = text, *end = text + length; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *next = newline ? newline + 1 : end;
		size_t line = (size_t)((newline ? newline : end) - at);
		struct part part = {.order = count, .start = next};
		bool skip = is_ram_head(at, line);

		if (skip || (count < PARTS_MAX && read_head(at, line, &part))) {
			if (skip) { /* what follows goes on with the same part, until its head */
				part.record = parts[count - 1].record;
				part.number = parts[count - 1].number;
			}
			if (count < PARTS_MAX)
				parts[count++] = part;
		} else {
			parts[count - 1].length = (size_t)(next - parts[count - 1].start);
		}
		at = next;
	}
	return count;
}

#define OVERLAP_MIN 24 /* bytes: shorter lines may stand anywhere */

/* A further record ends with what the one before it had: from its first line on, that goes. */
static void cut_overlap(struct str *text, const struct part *part)
{
	const char *end = memchr(part->start, '\n', part->length);
	size_t line = end ? (size_t)(end + 1 - part->start) : 0;
	const char *same = line >= OVERLAP_MIN && text->length
				   ? memmem(text->data, text->length, part->start, line)
				   : NULL;

	if (same)
		text->length = (size_t)(same - text->data);
}

bool log_parts_join(const char *text, size_t length, struct str *ret)
{
	bool found = length && memmem(text, length, " Part", 5) != NULL;
	_free_ struct part *parts = found ? calloc(PARTS_MAX, sizeof(*parts)) : NULL;
	size_t count = parts ? find_parts(text, length, parts) : 0;

	if (found && !parts)
		ret->failed = true;
	found = false;
	for (size_t i = 1; i < count; i++)
		found |= parts[i].number != 0;
	if (!found)
		return false;
	qsort(parts, count, sizeof(*parts), by_time);
	ret->length = 0;
	for (size_t i = 0; i < count; i++) {
		if (i && parts[i].record != parts[i - 1].record)
			cut_overlap(ret, &parts[i]);
		str_append(ret, parts[i].start, parts[i].length);
		if (ret->length && ret->data[ret->length - 1] != '\n')
			str_append(ret, "\n", 1);
	}
	return true;
}
