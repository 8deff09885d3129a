/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_WORD
#define TRIAGE_KERNEL_PRINTK_LOG_WORD

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Words at which a log's lines were broken; none of them needs to end in NUL. */

#define HEX_DIGITS "0123456789abcdef"
#define DEC_DIGITS "0123456789"

static inline bool log_is_hex(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
}

/* Does line begin, or end, with these words? Asked of each line, of words whose length the compiler knows. */
static inline bool log_begins_with(const char *line, size_t length, const char *words)
{
	return length >= strlen(words) && !memcmp(line, words, strlen(words));
}

static inline bool log_ends_with(const char *line, size_t length, const char *words)
{
	size_t end = strlen(words);

	return length >= end && !memcmp(line + length - end, words, end);
}

/* "name+0x1/0x2" at line: length up to "+0x" and with it, 0 when there is none. */
size_t log_place_length(const char *line, size_t length);
/* Do the last word of end bytes before, and the first of line, make one of which either is but a part? */
bool log_word_is_cut(const char *before, size_t end, const char *line, size_t length);
/* Is the first word of line hardly the end of another one, for sure? */
bool log_word_is_whole(const char *before, size_t end, const char *line, size_t length);

#endif
