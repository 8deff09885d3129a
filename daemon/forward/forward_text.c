/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes out of JSON what jsonb refuses. */
#include "daemon/forward/forward_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of the UTF-8 character at text; 0: it is none. */
static size_t utf8_length(const unsigned char *text)
{
	static const struct {
		unsigned char mask, lead, length;
		uint32_t from;
	} forms[] = {{0x80, 0x00, 1, 0},
		     {0xe0, 0xc0, 2, 0x80},
		     {0xf0, 0xe0, 3, 0x800},
		     {0xf8, 0xf0, 4, 0x10000}};

	for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
		uint32_t value = *text & (unsigned char)~forms[i].mask;

		if ((*text & forms[i].mask) != forms[i].lead)
			continue;
		for (size_t j = 1; j < forms[i].length; j++) {
			if ((text[j] & 0xc0) != 0x80)
				return 0;
			value = value << 6 | (text[j] & 0x3f);
		}
		return value >= forms[i].from && value <= 0x10ffff && value >> 11 != 0xd800 >> 11
			       ? forms[i].length
			       : 0;
	}
	return 0;
}

/* The number of "\uXXXX" at text; -1: that is no such escape. */
static int escape_value(const char *text)
{
	char digits[5] = {0}, *end;

	if (text[0] != '\\' || text[1] != 'u' || strnlen(text, 6) < 6)
		return -1;
	memcpy(digits, text + 2, 4);
	long value = strtol(digits, &end, 16);
	return *end ? -1 : (int)value;
}

static bool is_high(int value)
{
	return value >= 0xd800 && value < 0xdc00;
}

static bool is_low(int value)
{
	return value >= 0xdc00 && value < 0xe000;
}

/* Clean what begins at a backslash; bytes that are done with. */
static size_t clean_escape(char *text)
{
	int value = escape_value(text);

	if (value < 0)
		return text[1] ? 2 : 1;
	if (is_high(value) && is_low(escape_value(text + 6)))
		return 12;
	if (!value || is_high(value) || is_low(value))
		memcpy(text, "\\ufffd", 6);
	return 6;
}

/* Nearly all of it: looked at without a word more. */
static bool is_plain(char c)
{
	return c >= ' ' && c <= '~' && c != '\\';
}

void forward_text_clean(char *json)
{
	for (;;) {
		size_t length;

		while (is_plain(*json))
			json++;
		if (!*json)
			return;
		length = utf8_length((unsigned char *)json);
		if (*json == '\\') {
			json += clean_escape(json);
		} else if (length) {
			json += length;
		} else {
			*json++ = '?';
		}
	}
}
