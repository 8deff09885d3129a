/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words at which a log's lines were broken: what is but a part of one, and what is whole. */
#include "kernel/printk/log_word.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"

size_t log_place_length(const char *line, size_t length)
{
	size_t n = 0;

	while (n < length && (isalnum((unsigned char)line[n]) || line[n] == '_' || line[n] == '.'))
		n++;
	return n && log_begins_with(line + n, length - n, "+0x") ? n + 3 : 0;
}

#define WORD_MAX 96

/* Length of what word begins with, of these characters alone. */
static size_t span(const char *word, const char *of)
{
	return strspn(word, of);
}

/* "…+0x1/0x20", whole. */
static bool is_place(const char *word)
{
	const char *at = strstr(word, "+0x");
	size_t digits = at ? span(at + 3, HEX_DIGITS) : 0;

	if (!digits || at == word || strncmp(at + 3 + digits, "/0x", 3) != 0)
		return false;
	at += 3 + digits + 3;
	digits = span(at, HEX_DIGITS);
	return digits && !at[digits];
}

/* "04/01/2014" */
static bool is_date(const char *word)
{
	return span(word, DEC_DIGITS) == 2 && word[2] == '/' && span(word + 3, DEC_DIGITS) == 2 &&
	       word[5] == '/' && span(word + 6, DEC_DIGITS) == 4 && !word[10];
}

enum half {
	HALF_NOT,
	HALF_UPPER, /* of an address */
	HALF_ANY    /* of any word of a machine check */
};

/* Could these eight digits be the upper half of an address: of the kernel, a program, NULL, a poison? */
static bool is_upper_half(const char *digits)
{
	uint64_t half = 0;

	if (!parse_hex(digits, 8, &half))
		return false;
	return !half || half >> 24 == 0xff || half >> 16 == 0xdead ||
	       (half >= 0x1000 && half < 0x10000) || half == 0x01010101 * (half & 0xff);
}

/* The 16 digits of an address, of which the first few end a line. */
static bool is_address_cut(const char *word, size_t cut, enum half half)
{
	size_t start = cut, rest = span(word + cut, HEX_DIGITS);

	while (start && strchr(HEX_DIGITS, word[start - 1]))
		start--;
	/* Words of 32-bit machines have eight, where not half of one is said to be there. */
	if (rest == 8 && (half == HALF_NOT || (half == HALF_UPPER && !is_upper_half(word + start))))
		return false;
	return rest && start < cut && cut - start + rest == 16 &&
	       !isalnum((unsigned char)word[cut + rest]) &&
	       (!start || !isalnum((unsigned char)word[start - 1]) || word[start - 1] == 'x');
}

/* "[labtbl]": no blank is in it. */
static bool is_module(const char *word)
{
	size_t name =
		word[0] == '[' ? span(word + 1, "abcdefghijklmnopqrstuvwxyz_-" DEC_DIGITS) : 0;

	return name && word[1 + name] == ']' && !word[2 + name];
}

/* Of the bytes of "Code:", two digits each, the ends of two lines: how many digits of one stand there. */
static size_t byte_at(const char *bytes, size_t length, bool from_end)
{
	size_t digits = 0;

	while (digits < length && digits < 3 &&
	       log_is_hex(bytes[from_end ? length - 1 - digits : digits]))
		digits++;
	return digits && digits < 3 && length > digits + 6 &&
			       bytes[from_end ? length - 1 - digits : digits] == ' ' &&
			       bytes[from_end ? length - 4 - digits : digits + 3] == ' '
		       ? digits
		       : 0;
}

/* Asked of each pair of lines: a place, a date, an address and a module all have one of these. */
static bool may_be_one(const char *before, size_t cut, const char *line)
{
	const char *start = before - cut;

	return (log_is_hex(before[-1]) && log_is_hex(line[0])) || memchr(start, '+', cut) ||
	       memchr(start, '/', cut) || *start == '[';
}

bool log_word_is_cut(const char *before, size_t end, const char *line, size_t length)
{
	char word[2 * WORD_MAX + 1];
	size_t cut = 0, first = 0;

	while (cut < end && cut < WORD_MAX && before[end - 1 - cut] != ' ')
		cut++;
	if (!cut || cut == WORD_MAX || !length || !may_be_one(before + end, cut, line))
		return false;
	while (first < length && first < WORD_MAX && line[first] != ' ')
		first++;
	if (!first || first == WORD_MAX)
		return false;
	memcpy(word, before + end - cut, cut);
	memcpy(word + cut, line, first);
	word[cut + first] = '\0';
	if (strlen(word) != cut + first)
		return false;
	if (cut == 1 && first == 1)
		return byte_at(before, end, true) == 1 && byte_at(line, length, false) == 1;
	return (is_place(word) && !memchr(word + cut, '_', first) && memchr(word, '+', cut)) ||
	       is_date(word) ||
	       is_address_cut(word, cut,
			      memmem(before, end, " Bank ", 6)		    ? HALF_ANY
			      : memmem(before, end, "virtual address ", 16) ? HALF_UPPER
									    : HALF_NOT) ||
	       (is_module(word) && memmem(before, end, "+0x", 3));
}

/* A word that is hardly the end of another one: "(Fatal),", "#1", "0x800", an address, a date. */
static bool is_whole(const char *word, size_t length)
{
	size_t digits = 0;

	while (digits < length && log_is_hex(word[digits]))
		digits++;
	if (!length || digits == 16)
		return length != 0;
	if (word[0] == '(' || word[0] == '[') /* "lab(OE)" may be cut there */
		return length > 6 && isalpha((unsigned char)word[1]);
	return word[0] == '#' || (length > 3 && log_begins_with(word, length, "0x")) ||
	       (length == 10 && word[2] == '/' && word[5] == '/');
}

bool log_word_is_whole(const char *before, size_t end, const char *line, size_t length)
{
	size_t word = 0;

	while (word < length && line[word] != ' ')
		word++;
	return is_whole(line, word) ||
	       (byte_at(before, end, true) == 2 && byte_at(line, length, false) == 2);
}
