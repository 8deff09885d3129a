/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers out of text, and little-endian integers out of bytes. */
#include "base/parse.h"

#include <endian.h>
#include <string.h>

bool parse_hex(const char *text, size_t length, uint64_t *ret)
{
	uint64_t value = 0;

	if (length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		text += 2;
		length -= 2;
	}
	if (!length || length > 16)
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = text[i];
		unsigned digit;

		if (c >= '0' && c <= '9')
			digit = (unsigned)(c - '0');
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (unsigned)((c | 0x20) - 'a' + 10);
		else
			return false;
		value = value << 4 | digit;
	}
	*ret = value;
	return true;
}

bool parse_dec(const char *text, size_t length, uint64_t *ret)
{
	uint64_t value = 0;

	if (!length)
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9' || __builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(text[i] - '0'), &value))
			return false;
	}
	*ret = value;
	return true;
}

size_t hex_digits(const char *text)
{
	size_t count = 0;

	/* strspn() makes a table of its 22 letters first: most texts have no digit at all. */
	while ((text[count] >= '0' && text[count] <= '9') ||
	       ((text[count] | 0x20) >= 'a' && (text[count] | 0x20) <= 'f'))
		count++;
	return count;
}

bool parse_hex_start(const char *text, uint64_t *ret)
{
	return parse_hex(text, hex_digits(text), ret);
}

bool parse_dec_start(const char *text, uint64_t *ret)
{
	return parse_dec(text, strspn(text, "0123456789"), ret);
}

bool parse_hex_after(const char *text, const char *words, uint64_t *ret)
{
	const char *at = strstr(text, words);

	return at && parse_hex_start(at + strlen(words), ret);
}

bool parse_dec_after(const char *text, const char *words, uint64_t *ret)
{
	const char *at = strstr(text, words);

	return at && parse_dec_start(at + strlen(words), ret);
}

uint64_t load_uint(const void *p, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, p, size <= sizeof(value) ? size : sizeof(value));
	return le64toh(value);
}

uint16_t load_u16(const void *p)
{
	uint16_t value;

	memcpy(&value, p, sizeof(value));
	return le16toh(value);
}

uint32_t load_u32(const void *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return le32toh(value);
}

uint64_t load_u64(const void *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return le64toh(value);
}
