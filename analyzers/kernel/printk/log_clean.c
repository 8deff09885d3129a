/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes off log lines what terminals, mail, web pages and ticket systems put in. */
#include "kernel/printk/log_clean.h"

#include <string.h>

/* --- bytes ------------------------------------------------------------------------------------ */

static bool is_odd(unsigned char byte)
{
	return byte == '\r' || byte == '\0' || byte == 0x1b || byte == 0xc2 || byte == 0xef ||
	       byte == 0x07 || byte == 0x08 || byte == '&';
}

#define EACH_BYTE 0x0101010101010101u
#define HIGH_BITS (EACH_BYTE * 0x80)

/* May one of these eight bytes be odd: a control byte, beyond ASCII, or '&'? */
static bool may_be_odd(uint64_t eight)
{
	uint64_t no_amp = eight ^ EACH_BYTE * '&';

	return (eight | ((eight - EACH_BYTE * 0x20) & ~eight) | ((no_amp - EACH_BYTE) & ~no_amp)) &
	       HIGH_BITS;
}

static bool is_clean(const char *line, size_t length)
{
	size_t i = 0;

	for (uint64_t eight; i + sizeof(eight) <= length; i += sizeof(eight)) {
		memcpy(&eight, line + i, sizeof(eight));
		if (may_be_odd(eight))
			break;
	}
	for (; i < length; i++)
		if (is_odd((unsigned char)line[i]))
			return false;
	return true;
}

/* ESC [ … letter, ESC ( B, ESC ] … BEL: how many bytes at line; 1 for a lone ESC. */
static size_t escape_length(const char *line, size_t length)
{
	size_t n = 2;

	if (length < 2)
		return 1;
	if (line[1] == '(' || line[1] == ')')
		return length < 3 ? length : 3;
	if (line[1] == ']') {
		while (n < length && line[n] != 0x07)
			n++;
		return n < length ? n + 1 : n;
	}
	if (line[1] != '[')
		return 1;
	while (n < length && (unsigned char)line[n] < 0x40)
		n++;
	return n < length ? n + 1 : n;
}

/* "&lt;" of a web page's source or a ticket system that escapes twice. */
static size_t entity_length(const char *line, size_t length, const char **instead)
{
	static const struct {
		const char *entity, *text;
	} entities[] = {
		{"&lt;", "<"},	 {"&gt;", ">"},	  {"&amp;", "&"},  {"&quot;", "\""},
		{"&#39;", "'"},	 {"&#039;", "'"}, {"&#x27;", "'"}, {"&apos;", "'"},
		{"&nbsp;", " "}, {"&#34;", "\""}, {"&#60;", "<"},  {"&#62;", ">"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(entities); i++) {
		size_t entity = strlen(entities[i].entity);

		if (length >= entity && !memcmp(line, entities[i].entity, entity)) {
			*instead = entities[i].text;
			return entity;
		}
	}
	return 0;
}

/* How many bytes at line are to go, and what stands for them. */
static size_t odd_length(const char *line, size_t length, const char **instead)
{
	unsigned char byte = (unsigned char)line[0];

	*instead = "";
	if (byte == 0x1b)
		return escape_length(line, length);
	if (byte == '&')
		return entity_length(line, length, instead);
	if (byte == 0xc2 && length > 1 && (unsigned char)line[1] == 0xa0) {
		*instead = " "; /* U+00A0 */
		return 2;
	}
	if (byte == 0xef && length > 2 && !memcmp(line, "\xef\xbb\xbf", 3))
		return 3;
	return is_odd(byte) && byte < 0x80 ? 1 : 0;
}

static void copy_clean(const char *line, size_t length, struct str *buffer)
{
	for (size_t i = 0, start = 0; i <= length;) {
		const char *instead = "";
		size_t odd = i < length ? odd_length(line + i, length - i, &instead) : 0;

		if (i < length && !odd) {
			i++;
			continue;
		}
		str_append(buffer, line + start, i - start);
		if (i == length)
			return;
		str_puts(buffer, instead);
		i += odd;
		start = i;
	}
}

/* --- marks around a paste --------------------------------------------------------------------- */

static const char *const marks[] = {"<pre>",  "</pre>", "<code>", "</code>", "<br>",
				    "<br/>",  "<p>",	"</p>",	  "<br />",  "{noformat}",
				    "{code}", "[code]", "[/code]"};

/* How many bytes of the line's beginning, or of its end, are a mark. */
static size_t mark_length(const char *line, size_t length, bool at_end)
{
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		size_t mark;

		if (!at_end && length > 1 && marks[i][1] != line[1])
			continue;
		mark = strlen(marks[i]);
		if (at_end && length > 1 && marks[i][mark - 2] != line[length - 2])
			continue;
		if (length >= mark && !memcmp(at_end ? line + length - mark : line, marks[i], mark))
			return mark;
	}
	return 0;
}

/* "      │": the frame of a window, copied with what it shows. */
static size_t without_frame(const char *line, size_t length)
{
	size_t end = length < 5 ? 0 : length - 3;

	if (!end || memcmp(line + end, "\xe2\x94\x82", 3) != 0 || line[end - 1] != ' ')
		return length;
	while (end && line[end - 1] == ' ')
		end--;
	return end;
}

static const char *strip_marks(const char *line, size_t *length)
{
	size_t mark;

	if (*length && (unsigned char)line[*length - 1] >= 0x80)
		*length = without_frame(line, *length);
	while (*length > 1 && line[*length - 1] == 'M' && line[*length - 2] == '^')
		*length -= 2; /* a carriage return, as an editor or a pager shows it */

	while (*length > 2 && (line[0] == '<' || line[0] == '{' || line[0] == '[') &&
	       (mark = mark_length(line, *length, false))) {
		line += mark;
		*length -= mark;
	}
	while (*length > 2 &&
	       (line[*length - 1] == '>' || line[*length - 1] == '}' || line[*length - 1] == ']') &&
	       (mark = mark_length(line, *length, true)))
		*length -= mark;
	return line;
}

const char *log_line_clean(const char *line, size_t length, struct str *buffer, size_t *ret_length)
{
	*ret_length = length;
	if (is_clean(line, length))
		return strip_marks(line, ret_length);
	buffer->length = 0;
	copy_clean(line, length, buffer);
	*ret_length = buffer->length;
	return buffer->data ? strip_marks(buffer->data, ret_length) : "";
}
