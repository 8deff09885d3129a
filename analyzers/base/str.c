/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strings that grow, and a few tests and copies of strings. */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct str *s, size_t more)
{
	if (s->failed)
		return false;
	size_t need = s->length + more + 1;
	if (need <= s->capacity)
		return true;

	size_t capacity = MAX(need, s->capacity ? s->capacity * 2 : 64);
	char *data = realloc(s->data, capacity);
	if (!data) {
		s->failed = true;
		return false;
	}
	s->data = data;
	s->capacity = capacity;
	return true;
}

void str_append(struct str *s, const char *data, size_t length)
{
	if (!reserve(s, length))
		return;
	memcpy(s->data + s->length, data, length);
	s->length += length;
	s->data[s->length] = '\0';
}

void str_puts(struct str *s, const char *text)
{
	str_append(s, text, strlen(text));
}

void str_printf(struct str *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int length = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (length < 0 || !reserve(s, (size_t)length)) {
		s->failed = true;
		return;
	}
	va_start(args, fmt);
	vsnprintf(s->data + s->length, (size_t)length + 1, fmt, args);
	va_end(args);
	s->length += (size_t)length;
}

void str_escape(struct str *s, const char *data, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c >= 0x20 && c < 0x7f)
			str_append(s, data + i, 1);
		else
			str_printf(s, "\\x%02x", c);
	}
}

char *str_take(struct str *s)
{
	if (!s->failed && !s->data)
		str_append(s, "", 0);
	if (s->failed) {
		str_deinit(s);
		return NULL;
	}
	char *data = s->data;
	*s = (struct str){0};
	return data;
}

void str_deinit(struct str *s)
{
	free(s->data);
	*s = (struct str){0};
}

void copy_string(char *dst, size_t size, const char *src)
{
	copy_part(dst, size, src, strnlen(src, size - 1));
}

void copy_part(char *dst, size_t size, const char *src, size_t length)
{
	length = MIN(length, size - 1);
	memcpy(dst, src, length);
	dst[length] = '\0';
}

bool is_printable(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] < 0x20 || text[i] > 0x7e)
			return false;
	return length > 0;
}

bool has_suffix(const char *text, const char *suffix)
{
	size_t length = strlen(text), part = strlen(suffix);

	return length >= part && !strcmp(text + length - part, suffix);
}
