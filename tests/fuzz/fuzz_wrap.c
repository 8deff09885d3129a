/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The joiner of broken lines: each line behind the one before it, and all of them as a console or a mailer
 * breaks them.
 */
#include <string.h>

#include "kernel/printk/dmesg.h"
#include "kernel/printk/log_grammar.h"
#include "kernel/printk/log_word.h"
#include "kernel/printk/log_wrap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static size_t line_length(const char *text, size_t left)
{
	const char *end = memchr(text, '\n', left);

	return end ? (size_t)(end - text) : left;
}

/* A line without a terminator behind it: what is read beyond it, ASan sees. */
static void take_pair(struct log_wrap *wrap, const char *before, size_t width, const char *text,
		      size_t length)
{
	_str_ struct str joined = {0};
	char *line = malloc(length + 1);

	memcpy(line, text, length);
	line = realloc(line, length ? length : 1);
	str_append(&joined, before, width);
	log_wrap_break(wrap, line, length);
	log_wrap_count(wrap, line, length, length);
	log_wrap_settle(wrap);
	check(wrap->indent <= WRAP_INDENT_MAX && wrap->width <= WRAP_WIDTH_MAX);
	check(wrap->break_count <= WRAP_BREAKS_MAX && wrap->end_length <= sizeof(wrap->end));
	check(log_grammar(&joined, line, length) <= JOIN_CUT);
	log_is_code(&joined, line, length);
	log_is_rule_end(&joined, line, length);
	log_word_is_cut(before, width, line, length);
	log_word_is_whole(before, width, line, length);
	log_wrap_by_width(wrap, width, line, length, length / 2);
	log_wrap_is_rest(wrap, width, line, length);
	free(line);
}

static void take_pairs(const char *text, size_t size)
{
	struct log_wrap wrap = {0};
	const char *before = "";
	size_t width = 0;

	for (size_t at = 0; at < size;) {
		size_t length = line_length(text + at, size - at);

		if (!memchr(text + at, '\0', length)) { /* these are dropped before */
			take_pair(&wrap, before, width, text + at, length);
			before = text + at;
			width = length;
		}
		at += length + 1;
	}
}

/* At so many columns, or at the last blank before. */
static void break_lines(const char *text, size_t size, size_t columns, bool hard, struct str *ret)
{
	for (size_t at = 0; at < size;) {
		size_t length = line_length(text + at, size - at), part = MIN(length, columns);
		const char *blank = hard || part == length ? NULL : memrchr(text + at, ' ', part);

		part = blank && blank > text + at ? (size_t)(blank - (text + at)) : part;
		str_append(ret, text + at, part);
		str_puts(ret, "\n");
		at += part + (part == length || blank);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_log_close) struct log *log = NULL;
	_str_ struct str broken = {0};
	const char *text = (const char *)data + 1;

	if (!size)
		return 0;
	take_pairs(text, size - 1);
	break_lines(text, size - 1, 60 + data[0] % 64, data[0] & 64, &broken);
	check(err_ok(dmesg_parse(broken.data ? broken.data : "", broken.length, &log)));
	for (size_t i = 0; i < log->count; i++)
		check(strlen(log->lines[i].text) <= 2 * broken.length); /* UTF-16 grows */
	return 0;
}
