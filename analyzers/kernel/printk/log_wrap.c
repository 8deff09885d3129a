/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lines of a text go on with the line before, by their widths: mailers and consoles break lines. */
#include "kernel/printk/log_wrap.h"

#include <string.h>

#include "base/cleanup.h"
#include "kernel/printk/log_begin.h"
#include "kernel/printk/log_word.h"

#define WIDTH_LEAST 60 /* columns that mailers and consoles wrap at */
#define WIDTH_MOST 132
#define WIDTH_MAIL 80 /* columns that mailers break at, at most; web pages have other widths */

/* Consoles and terminals are this wide: one line is enough to tell that it was cut there. */
static bool is_screen(size_t width)
{
	return width == 80 || width == 100 || width == 120 || width == 132;
}

void log_wrap_count(struct log_wrap *wrap, const char *text, size_t length, size_t width)
{
	size_t indent = 0;

	wrap->before = width;
	if (width >= WIDTH_LEAST) {
		wrap->end_length = MIN(length, sizeof(wrap->end));
		memcpy(wrap->end, text + length - wrap->end_length, wrap->end_length);
	}
	while (indent < length && (text[indent] == ' ' || text[indent] == '\t'))
		indent++;
	/* What has no blank cannot be wrapped at one: an address of the web. */
	if (indent == length || !memchr(text + indent, ' ', length - indent))
		return;
	wrap->lines++;
	wrap->indents[MIN(indent, (size_t)WRAP_INDENT_MAX)]++;
	wrap->widths[MIN(wrap->before, (size_t)WRAP_WIDTH_MAX)]++;
}

/* --- where lines break ------------------------------------------------------------------------ */

void log_wrap_break(struct log_wrap *wrap, const char *line, size_t length)
{
	size_t blanks = 0, word = 0;

	if (wrap->before < WIDTH_LEAST || wrap->break_count == WRAP_BREAKS_MAX || !length ||
	    log_is_beginning(line, length) || log_is_frame(line, length))
		return;
	while (blanks < length && line[blanks] == ' ')
		blanks++;
	while (blanks + word < length && line[blanks + word] != ' ')
		word++;
	wrap->breaks[wrap->break_count++] = (struct log_break){
		.width = (uint16_t)MIN(wrap->before, (size_t)WRAP_WIDTH_MAX),
		.with_word = (uint16_t)MIN(wrap->before + 1 + word, (size_t)UINT16_MAX),
		.open = log_word_is_cut(wrap->end, wrap->end_length, line, length),
		.whole = wrap->end_length && wrap->end[wrap->end_length - 1] != ' ' && !blanks &&
			 log_word_is_whole(wrap->end, wrap->end_length, line, length),
	};
}

/* A console cuts at its last column, so all lines that it broke are as wide; mail breaks at blanks. */
static bool is_hard(const struct log_wrap *wrap)
{
	size_t cut = 0, open = 0, soft = 0, whole = 0;

	for (size_t i = 0; i < wrap->break_count; i++) {
		const struct log_break *at = &wrap->breaks[i];

		cut += at->width == wrap->width;
		open += at->width == wrap->width && at->open;
		whole += at->width == wrap->width && at->whole;
		soft += at->width < wrap->width && at->with_word > wrap->width;
	}
	if (open || whole)
		return open > whole && open >= soft;
	return cut + is_screen(wrap->width) >= 2 && cut * 2 >= soft * 3;
}

/*
 * Of a log that nobody wrapped, the widest line may follow one that is nearly as wide: one such pair says nothing, unless
 * it is as wide as mail.
 */
static bool is_soft(const struct log_wrap *wrap)
{
	size_t soft = 0;

	for (size_t i = 0; i < wrap->break_count; i++)
		soft += wrap->breaks[i].with_word > wrap->width;
	return wrap->width <= WIDTH_MAIL || soft > 1;
}

void log_wrap_settle(struct log_wrap *wrap)
{
	size_t width = WRAP_WIDTH_MAX;

	while (width && !wrap->widths[width])
		width--;
	wrap->width = width >= WIDTH_LEAST && width <= WIDTH_MOST ? width : 0;
	wrap->hard = wrap->width && is_hard(wrap);
	if (!wrap->hard && !is_soft(wrap))
		wrap->width = 0;
	wrap->indent = 0;
	while (wrap->lines && wrap->indent < WRAP_INDENT_MAX && !wrap->indents[wrap->indent])
		wrap->indent++;
}

bool log_wrap_is_rest(const struct log_wrap *wrap, size_t width, const char *line, size_t length)
{
	return wrap->width && width == wrap->width && length > 1 && line[0] == ' ' &&
	       line[1] != ' ' && !log_has_beginning(line + 1, length - 1) &&
	       !log_is_frame(line, length);
}

bool log_wrap_by_width(const struct log_wrap *wrap, size_t width, const char *line, size_t length,
		       size_t first_word)
{
	bool rest = wrap->hard && log_wrap_is_rest(wrap, width, line, length);

	if (!wrap->width || !length || width > wrap->width ||
	    (!rest && log_is_beginning(line, length)) || log_is_frame(line, length))
		return false;
	if (wrap->hard)
		return width == wrap->width && (line[0] != ' ' || rest);
	return line[0] != ' ' && width + 1 + first_word > wrap->width;
}
