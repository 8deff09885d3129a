/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_WRAP
#define TRIAGE_KERNEL_PRINTK_LOG_WRAP

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WRAP_WIDTH_MAX 257
#define WRAP_INDENT_MAX 16
#define WRAP_BREAKS_MAX 512 /* more would not change what the first ones say */

/* Lines whose width tells where a log was wrapped: counts, zero-initialise. */
struct log_wrap {
	size_t widths[WRAP_WIDTH_MAX + 1]; /* the last one: all that are wider */
	size_t indents[WRAP_INDENT_MAX + 1];
	size_t lines;
	size_t indent; /* blanks that all lines begin with */
	size_t width;  /* no line is wider, in characters; 0: not wrapped */
	bool hard;     /* cut at the last column, as consoles do, not at blanks */
	/* Places where a line may go on in the next one. */
	struct log_break {
		uint16_t width;	    /* of the line before */
		uint16_t with_word; /* … with the next line's first word behind it */
		bool open;	    /* the line before ends within a word, for sure */
		bool whole;	    /* … or before one */
	} breaks[WRAP_BREAKS_MAX];
	size_t break_count;
	/* Of the line before: its width, and its last bytes when it is wide enough to have been broken. */
	size_t before;
	char end[96];
	size_t end_length;
};

/* Count a line of so many characters, which is not empty; text is it behind its prefix and quotes. */
void log_wrap_count(struct log_wrap *wrap, const char *text, size_t length, size_t width);
/* Count a line that has no prefix, before log_wrap_count(): it may go on with the line before. */
void log_wrap_break(struct log_wrap *wrap, const char *line, size_t length);
/* What the counts say: indent, width, hard. */
void log_wrap_settle(struct log_wrap *wrap);
/*
 * Does line go on with the one before, by their widths alone? That one was width characters wide, the
 * first word of this one is first_word. Not when the line looks like the beginning of one.
 */
bool log_wrap_by_width(const struct log_wrap *wrap, size_t width, const char *line, size_t length,
		       size_t first_word);

/* " Source: 1", behind a line that fills its screen: is this what did not fit? */
bool log_wrap_is_rest(const struct log_wrap *wrap, size_t width, const char *line, size_t length);

#endif
