/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_WRAP
#define TRIAGE_KERNEL_PRINTK_LOG_WRAP

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define WRAP_WIDTH_MAX 257
#define WRAP_INDENT_MAX 16

/* Lines whose width tells where a log was wrapped: counts, zero-initialise. */
struct log_wrap {
	size_t widths[WRAP_WIDTH_MAX + 1]; /* the last one: all that are wider */
	size_t indents[WRAP_INDENT_MAX + 1];
	size_t lines;
	size_t indent; /* blanks that all lines begin with */
	size_t width;  /* no line is wider, in characters; 0: not wrapped */
	bool hard;     /* cut at the last column, as consoles do, not at blanks */
};

/* How a line goes on in the next one. */
enum log_join {
	JOIN_NOT,
	JOIN_UNKNOWN, /* with or without a blank between them: as the file's lines are cut */
	JOIN_BLANK,
	JOIN_CUT /* within a word */
};

/* Count a line of so many characters, which is not empty; text is it behind its prefix and quotes. */
void log_wrap_count(struct log_wrap *wrap, const char *text, size_t length, size_t width);
/* What the counts say: indent, width, hard. */
void log_wrap_settle(struct log_wrap *wrap);
/* Does line go on with the one before, by what the grammar of a report allows? */
enum log_join log_wrap_grammar(const struct str *before, const char *line, size_t length);
/* Is it, quotes aside, nothing but bytes that go on with the "Code:" of the line before? */
bool log_wrap_code(const struct str *before, const char *line, size_t length);
/*
 * … by their widths alone: before was width characters wide, and the line begins with a word of so
 * many. Not when the line looks like the beginning of one.
 */
bool log_wrap_by_width(const struct log_wrap *wrap, size_t width, const char *line, size_t length,
		       size_t first_word);

#endif
