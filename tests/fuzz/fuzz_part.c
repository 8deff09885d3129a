/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of two CPUs at once: the text's first half and its second, as many lines in turn as the first byte
 * says. Whose each line is, from each line that announces a report on; and all reports of it.
 */
#include <string.h>

#include "kernel/printk/dmesg.h"
#include "log/report.h"
#include "log/report_head.h"
#include "log/report_part.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void move_lines(const char **text, const char *end, unsigned count, struct str *ret)
{
	while (count-- && *text < end) {
		const char *newline = memchr(*text, '\n', (size_t)(end - *text));
		const char *behind = newline ? newline + 1 : end;

		str_append(ret, *text, (size_t)(behind - *text));
		if (!newline)
			str_puts(ret, "\n");
		*text = behind;
	}
}

/* turns: 0 to 3 lines each, in the upper bits more of them now and then. */
static void interleave(const char *text, size_t size, unsigned turns, struct str *ret)
{
	const char *end = text + size, *middle = text + size / 2, *one = text, *other = middle;

	for (unsigned i = 0; one < middle || other < end; i++) {
		unsigned more = turns >> (4 + i % 4) & 1;

		move_lines(&one, middle, 1 + (turns & 3) * more, ret);
		move_lines(&other, end, 1 + (turns >> 2 & 3) * more, ret);
	}
}

/* As if the report that the line announces, and one of a BUG() before it, were open. */
static void part_at(const struct log *log, const struct words *heads, size_t line,
		    enum report_kind kind, struct report_part *part)
{
	struct report reports[2] = {{.kind = REPORT_BUG, .cpu = -1, .pid = -1},
				    {.kind = kind, .cpu = -1, .pid = -1}};
	struct report_progress open[2];

	report_head_read(log->lines[line].text, &reports[1]);
	for (size_t i = 0; i < 2; i++)
		report_progress_begin(&open[i], &reports[i]);
	check(err_ok(report_part_find(part, log, heads, line, open, 2)));
	for (size_t i = 0; i < log->count; i++) {
		struct part_line at = report_part_at(part, i);

		check(at.stream <= PART_REPORTS && at.doubt <= PART_DOUBTFUL);
		check(!at.stream || i >= line);
	}
	report_part_deinit(part);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_log_close) struct log *log = NULL;
	_cleanup_(cleanup_reports_free) struct reports *reports = NULL;
	_cleanup_(cleanup_words_free) struct words *heads = NULL;
	struct report_part part = {.first = 1};
	_str_ struct str text = {0};
	enum report_kind kind;
	enum head_how how;

	if (!size)
		return 0;
	interleave((const char *)data + 1, size - 1, data[0], &text);
	check(err_ok(dmesg_parse(text.data ? text.data : "", text.length, &log)));
	check(err_ok(report_heads_new(&heads)));
	for (size_t i = 0; i < log->count && part.parted < 4 * PART_LINES; i++) {
		log->lines[i].caller = 0; /* who says who prints needs no parting */
		if (report_head_find(heads, &log->lines[i], &kind, &how))
			part_at(log, heads, i, kind, &part);
	}
	check(err_ok(reports_read(log, &reports)));
	for (size_t i = 0; i < reports->count; i++)
		check(reports->list[i].last < log->count);
	return 0;
}
