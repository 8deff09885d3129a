/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Undoes what mail does to lines that are too long for it. */
#include "kernel/printk/log_mail.h"

#include <string.h>

#include "base/cleanup.h"

/* Bytes of a line that was cut, its "=" with them: 76, less where a byte takes three. */
#define CUT_MIN 70
#define CUT_MAX 76
#define CUT_LINES 3 /* so many are no chance */

static int hex_value(char byte)
{
	return byte >= '0' && byte <= '9'   ? byte - '0'
	       : byte >= 'A' && byte <= 'F' ? byte - 'A' + 10
					    : -1;
}

/* The "=" at the end of a line, and how long that line is; NULL: no more. */
static const char *next_cut(const char *text, const char *at, const char *end, size_t *width)
{
	at = at < end ? memmem(at, (size_t)(end - at), "=\n", 2) : NULL;
	if (!at)
		return NULL;
	const char *start = memrchr(text, '\n', (size_t)(at - text));

	*width = (size_t)(at + 1 - (start ? start + 1 : text));
	return at;
}

/* Long lines are not looked at again and again: only those that end like this, each once. */
static bool is_encoded(const char *text, size_t length)
{
	size_t cuts = 0, width;

	for (const char *at = text; cuts < CUT_LINES;) {
		at = next_cut(text, at, text + length, &width);
		if (!at)
			return false;
		/* Mail writes an "=" of the text as "=3D": behind one, it is a line of "=" that a console cut. */
		cuts += width >= CUT_MIN && width <= CUT_MAX && at[-1] != '=';
		at += 2;
	}
	return true;
}

/* What "=" at at stands for: its bytes are returned, one of the text goes to ret; 0: nothing. */
static size_t decode(const char *at, const char *end, char *ret, bool *has)
{
	*has = false;
	if (end - at >= 2 && at[1] == '\n')
		return 2;
	if (end - at < 3 || hex_value(at[1]) < 0 || hex_value(at[2]) < 0)
		return 0;
	*ret = (char)(hex_value(at[1]) << 4 | hex_value(at[2]));
	*has = true;
	return 3;
}

bool log_mail_decode(const char *text, size_t length, struct str *ret)
{
	if (!length || !is_encoded(text, length))
		return false;
	const char *end = text + length, *start = text;

	ret->length = 0;
	for (const char *at = text; (at = memchr(at, '=', (size_t)(end - at)));) {
		char byte;
		bool has;
		size_t taken = decode(at, end, &byte, &has);

		if (taken) {
			str_append(ret, start, (size_t)(at - start));
			str_append(ret, &byte, has);
			start = at + taken;
		}
		at += MAX(taken, (size_t)1);
		if (at >= end)
			break;
	}
	str_append(ret, start, (size_t)(end - start));
	return true;
}
