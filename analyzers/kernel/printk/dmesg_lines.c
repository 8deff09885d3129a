/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs that are text: dmesg, syslog, journals, consoles, and all of these as people paste them. */
#include "kernel/printk/dmesg_lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "kernel/printk/log.h"
#include "kernel/printk/log_clean.h"
#include "kernel/printk/log_prefix.h"

#define LINE_MAX_BYTES 65536 /* of one line; what is longer is cut */

/* --- what kind of file it is ------------------------------------------------------------------- */

#define WRAPPED_AT 66 /* characters: mail is wrapped at 72 and later, never before this */
#define WIDTH_MAX 257

/* A first look at all lines: what single lines cannot tell. */
struct survey {
	size_t lines, prefixed, tagged;
	size_t numbered; /* begin with the number behind that of the line before */
	uint64_t last_number;
	size_t width, broken[WIDTH_MAX],
		all_broken; /* lines before one without a prefix, by width */
};

/* Characters, not bytes: what a terminal or a mailer counts. */
static size_t width_of(const char *line, size_t length)
{
	size_t width = 0;

	for (size_t i = 0; i < length; i++)
		width += ((unsigned char)line[i] & 0xc0) != 0x80;
	return width;
}

/* A pager's or grep's "  12: ": the bytes it takes, 0 when there is no number. */
static size_t number_at(const char *line, size_t length, uint64_t *number)
{
	size_t blanks = 0, digits = 0;

	while (blanks < length && line[blanks] == ' ')
		blanks++;
	while (blanks + digits < length && line[blanks + digits] >= '0' &&
	       line[blanks + digits] <= '9')
		digits++;
	if (!digits || digits > 9 || !parse_dec(line + blanks, digits, number))
		return 0;
	size_t at = blanks + digits;
	return at < length && strchr(":-\t |", line[at]) ? at + 1 : 0;
}

static void survey_line(struct survey *survey, const char *line, size_t length)
{
	struct log_prefix prefix;
	uint64_t number = 0;

	survey->lines++;
	if (number_at(line, length, &number)) {
		survey->numbered += number == survey->last_number + 1;
		survey->last_number = number;
	}
	log_prefix_read(line, length, &prefix);
	if (!prefix.elements && survey->width >= WRAPPED_AT && survey->width < WIDTH_MAX) {
		survey->broken[survey->width]++;
		survey->all_broken++;
	}
	survey->width = width_of(line, length);
	survey->prefixed += prefix.elements != 0;
	survey->tagged += prefix.kernel;
}

static bool is_numbered(const struct survey *survey)
{
	return survey->lines > 2 && survey->numbered * 5 >= (survey->lines - 1) * 3;
}

/* --- lines that were broken ------------------------------------------------------------------- */

struct text_reader {
	struct log_builder *builder;
	struct survey survey;
	struct str clean;
	/* The line before, as it stands in the file. */
	size_t width;
	size_t first_word; /* characters of this line's; no-break spaces count */
	bool blank_end;	   /* format=flowed: a blank at the end means that the line goes on */
	uint64_t last_time_us;
	struct str line; /* collected so far, flushed when the next one begins */
	struct log_line like;
	bool pending;
};

static size_t first_word(const char *line, size_t length)
{
	size_t n = 0;

	while (n < length && line[n] != ' ' && line[n] != '\t')
		n++;
	return width_of(line, n);
}

static bool is_hex_only(const char *line, size_t length)
{
	size_t digits = 0;

	for (size_t i = 0; i < length; i++) {
		if (line[i] == ' ' || line[i] == '<' || line[i] == '>')
			continue;
		if (!strchr("0123456789abcdef", line[i]))
			return false;
		digits++;
	}
	return digits >= 2;
}

/* "… RCX:" and the value in the next line; bytes of "Code:"; a board's name up to its BIOS. */
static bool grammar_goes_on(const struct str *before, const char *line, size_t length)
{
	size_t end = before->length;

	while (end && before->data[end - 1] == ' ')
		end--;
	if (!end || !length)
		return false;
	if (before->data[end - 1] == ':' && end > 3 && before->data[end - 2] != 'e' &&
	    length >= 8 && is_hex_only(line, MIN(length, (size_t)8)))
		return true;
	if (!strncmp(before->data, "Hardware name: ", 15))
		return !strstr(before->data, "BIOS") && memmem(line, length, "BIOS", 4);
	return !strncmp(before->data, "Code: ", 6) && is_hex_only(line, length);
}

/* Does this line, which has no prefix of its own, go on with the one before? */
static bool goes_on(const struct text_reader *reader, const char *line, size_t length)
{
	const struct survey *survey = &reader->survey;

	if (!reader->pending || !length || !reader->line.length)
		return false;
	if (grammar_goes_on(&reader->line, line, length))
		return true;
	return line[0] != ' ' && line[0] != '\t' && survey->prefixed * 5 >= survey->lines &&
	       reader->width >= 40 && reader->width + 1 + reader->first_word > WRAPPED_AT;
}

/* A console cuts at its last column, within words, so all its lines are as long; mail breaks at blanks. */
static bool was_cut(const struct text_reader *reader)
{
	const struct survey *survey = &reader->survey;

	return reader->width < WIDTH_MAX && survey->broken[reader->width] >= 2 &&
	       survey->broken[reader->width] * 10 >= survey->all_broken * 8 && !reader->blank_end;
}

/* --- lines ------------------------------------------------------------------------------------ */

static void flush(struct text_reader *reader)
{
	if (reader->pending)
		log_add(reader->builder, &reader->like, reader->line.data ? reader->line.data : "",
			reader->line.length);
	reader->pending = false;
	reader->line.length = 0;
}

static void begin_line(struct text_reader *reader, const struct log_line *like, const char *text,
		       size_t length)
{
	flush(reader);
	reader->like = *like;
	str_append(&reader->line, text, length);
	reader->pending = true;
}

static void take_host(struct log_builder *builder, const struct log_prefix *prefix)
{
	if (prefix->kernel && prefix->host.length && !builder->host.length)
		str_append(&builder->host, prefix->host.at, MIN(prefix->host.length, (size_t)64));
}

/* A prefix of the line's own, or quotes alone. */
static void take_prefixed(struct text_reader *reader, const struct log_prefix *prefix,
			  const char *text, size_t length)
{
	struct log_line like = {.level = prefix->level,
				.caller = prefix->caller,
				.has_time = prefix->has_time,
				.time_us = prefix->time_us};

	if (prefix->delta)
		like.time_us += reader->last_time_us;
	if (like.has_time)
		reader->last_time_us = like.time_us;
	log_builder_set_wall(reader->builder, &like, prefix->wall.at, prefix->wall.length);
	take_host(reader->builder, prefix);
	begin_line(reader, &like, text, length);
}

static void take_bare(struct text_reader *reader, const char *text, size_t length)
{
	struct log_line like = {.level = -1};

	if (goes_on(reader, text, length)) {
		if (!was_cut(reader) && reader->line.data[reader->line.length - 1] != ' ')
			str_puts(&reader->line, " ");
		str_append(&reader->line, text, length);
		return;
	}
	if (reader->pending && reader->survey.prefixed) {
		like = reader->like;
		like.continued = true;
	}
	begin_line(reader, &like, text, length);
}

static void take_line(void *context, const char *raw, size_t raw_length)
{
	struct text_reader *reader = context;
	struct log_prefix prefix;
	size_t length, skipped, number;
	uint64_t unused;
	const char *line = log_line_clean(raw, raw_length, &reader->clean, &length);

	if (is_numbered(&reader->survey) && (number = number_at(line, length, &unused))) {
		line += number;
		length -= number;
	}
	if (length >= 3 && !memcmp(line, "```", 3))
		return;
	skipped = log_prefix_read(line, length, &prefix);
	if (prefix.program && reader->survey.tagged) {
		reader->builder->skipped++;
		return;
	}
	reader->first_word = first_word(raw, raw_length);
	if (prefix.elements)
		take_prefixed(reader, &prefix, line + skipped, length - skipped);
	else
		take_bare(reader, line + skipped, length - skipped);
	reader->width = width_of(raw, raw_length - (raw_length && raw[raw_length - 1] == '\r'));
	reader->blank_end = length && line[length - 1] == ' ';
}

static void survey_raw(void *context, const char *raw, size_t raw_length)
{
	struct text_reader *reader = context;
	size_t length;
	const char *line = log_line_clean(raw, raw_length, &reader->clean, &length);

	survey_line(&reader->survey, line, length);
}

static void each_line(const char *text, size_t length, struct text_reader *reader,
		      void (*take)(void *context, const char *line, size_t length))
{
	while (length) {
		const char *end = memchr(text, '\n', length);
		size_t line = end ? (size_t)(end - text) : length;

		if (line > LINE_MAX_BYTES)
			reader->builder->cut++;
		take(reader, text, MIN(line, (size_t)LINE_MAX_BYTES));
		line += end ? 1 : 0;
		text += line;
		length -= line;
	}
}

void dmesg_lines_add(struct log_builder *builder, const char *text, size_t length)
{
	struct text_reader reader = {.builder = builder};

	each_line(text, length, &reader, survey_raw);
	builder->cut = 0;
	each_line(text, length, &reader, take_line);
	flush(&reader);
	builder->stamped = reader.survey.prefixed;
	if (reader.clean.failed || reader.line.failed)
		log_fail(builder, &err_nomem);
	str_deinit(&reader.clean);
	str_deinit(&reader.line);
}
