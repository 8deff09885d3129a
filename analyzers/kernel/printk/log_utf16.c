/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns UTF-16 into UTF-8. */
#include "kernel/printk/log_utf16.h"

#define REPLACEMENT 0xfffd
#define LOOKED_AT 64 /* bytes without a mark: ASCII has NULs in every second place of them */

/* Without a byte order mark: all of one half are NUL, none of the other. */
static bool alternates(const char *bytes, size_t length, size_t nul_at)
{
	if (length < LOOKED_AT)
		return false;
	for (size_t i = 0; i < LOOKED_AT; i++)
		if ((bytes[i] == '\0') != (i % 2 == nul_at))
			return false;
	return true;
}

/* How many bytes the mark has. */
static size_t detect(struct log_utf16 *state, const char *bytes, size_t length)
{
	state->order = UTF16_NOT;
	if (length >= 2 && !memcmp(bytes, "\xff\xfe", 2))
		state->order = UTF16_LITTLE;
	else if (length >= 2 && !memcmp(bytes, "\xfe\xff", 2))
		state->order = UTF16_BIG;
	else if (alternates(bytes, length, 1))
		state->order = UTF16_LITTLE;
	else if (alternates(bytes, length, 0))
		state->order = UTF16_BIG;
	return state->order != UTF16_NOT && bytes[0] && bytes[1] ? 2 : 0;
}

static void put(struct str *text, uint32_t code)
{
	char utf8[4];
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char marks[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (size_t i = length; i-- > 1; code >>= 6)
		utf8[i] = (char)(0x80 | (code & 0x3f));
	utf8[0] = (char)(marks[length] | code);
	str_append(text, utf8, length);
}

static void take_unit(struct log_utf16 *state, uint16_t unit, struct str *text)
{
	bool low = unit >= 0xdc00 && unit < 0xe000;

	if (state->high && low) {
		put(text, 0x10000u + ((state->high - 0xd800u) << 10) + (unit - 0xdc00u));
		state->high = 0;
		return;
	}
	if (state->high)
		put(text, REPLACEMENT);
	state->high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
	if (!state->high)
		put(text, low ? REPLACEMENT : unit);
}

const char *log_utf16_decode(struct log_utf16 *state, const char *bytes, size_t length,
			     struct str *text, size_t *ret_length)
{
	size_t at = state->order == UTF16_UNKNOWN && length ? detect(state, bytes, length) : 0;

	*ret_length = length;
	if (state->order != UTF16_LITTLE && state->order != UTF16_BIG)
		return bytes;
	text->length = 0;
	for (; at < length; at++) {
		unsigned char byte = (unsigned char)bytes[at];

		if (state->has_odd)
			take_unit(state,
				  (uint16_t)(state->order == UTF16_LITTLE ? state->odd | byte << 8
									  : state->odd << 8 | byte),
				  text);
		state->odd = byte;
		state->has_odd = !state->has_odd;
	}
	*ret_length = text->length;
	return text->data ? text->data : "";
}
