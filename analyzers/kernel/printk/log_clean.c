/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes off log lines what terminals, mail and containers put in. */
#include "kernel/printk/log_clean.h"

#include <string.h>

#define DOCKER "{\"log\":\""

static bool is_odd(unsigned char byte)
{
	return byte == '\r' || byte == '\0' || byte == 0x1b || byte == 0xc2 || byte == 0xef ||
	       byte == 0x07 || byte == 0x08;
}

static bool is_clean(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
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

/* How many bytes at line are to go, and what stands for them. */
static size_t odd_length(const char *line, size_t length, const char **instead)
{
	unsigned char byte = (unsigned char)line[0];

	*instead = "";
	if (byte == 0x1b)
		return escape_length(line, length);
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

/* The message of {"log":"…\n","stream":…}: JSON's escapes, as far as logs have them. */
static void copy_docker(const char *line, size_t length, struct str *buffer)
{
	static const char from[] = "nrtbf", to[] = "  \t  ";
	size_t i = strlen(DOCKER);

	for (; i < length && line[i] != '"'; i++) {
		const char *known;

		if (line[i] != '\\' || i + 1 >= length) {
			str_append(buffer, line + i, 1);
			continue;
		}
		i++;
		known = line[i] ? strchr(from, line[i]) : NULL;
		if (line[i] == 'u' && i + 4 < length) { /* < > & and control bytes */
			unsigned code = 0;
			char text[5] = {line[i + 1], line[i + 2], line[i + 3], line[i + 4]};
			char byte;

			code = (unsigned)strtoul(text, NULL, 16);
			byte = code > 0x1f && code < 0x7f ? (char)code : ' ';
			str_append(buffer, &byte, 1);
			i += 4;
		} else {
			str_append(buffer, known ? &to[known - from] : line + i, 1);
		}
	}
	while (buffer->length && buffer->data[buffer->length - 1] == ' ')
		buffer->length--;
}

const char *log_line_clean(const char *line, size_t length, struct str *buffer, size_t *ret_length)
{
	bool docker = length > strlen(DOCKER) && !memcmp(line, DOCKER, strlen(DOCKER));

	if (!docker && is_clean(line, length)) {
		*ret_length = length;
		return line;
	}
	buffer->length = 0;
	if (docker)
		copy_docker(line, length, buffer);
	else
		copy_clean(line, length, buffer);
	*ret_length = buffer->length;
	return buffer->data ? buffer->data : "";
}
