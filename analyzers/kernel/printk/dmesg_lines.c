/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logs that are text: dmesg, syslog, journals, consoles, and all of these as people paste them. */
#include "kernel/printk/dmesg_lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/printk/log.h"
#include "kernel/printk/log_begin.h"
#include "kernel/printk/log_clean.h"
#include "kernel/printk/log_grammar.h"
#include "kernel/printk/log_mail.h"
#include "kernel/printk/log_parts.h"
#include "kernel/printk/log_prefix.h"
#include "kernel/printk/log_record.h"
#include "kernel/printk/log_seam.h"
#include "kernel/printk/log_utf16.h"
#include "kernel/printk/log_word.h"
#include "kernel/printk/log_wrap.h"

#define LINE_MAX_BYTES 65536 /* of one line; what is longer is cut */
#define SURVEY_BYTES                                                                               \
	(256u << 10) /* of a window are looked at ahead: they tell what the rest is like */

/* --- what kind of file it is ------------------------------------------------------------------- */

#define WRAPPED_AT 66 /* characters: mail is wrapped at 72 and later, never before this */
#define WIDTH_MAX 257

/*
 * What single lines cannot tell: counts of those taken so far and, as soon as a line asks for it, of
 * those ahead of it in the window.
 */
struct survey {
	struct log_record record; /* fields of records may stand in several lines */
	size_t lines, prefixed, tagged;
	size_t numbered; /* begin with the number behind that of the line before */
	uint64_t last_number;
	size_t width, broken[WIDTH_MAX],
		all_broken; /* lines before one without a prefix, by width */
	struct log_wrap wrap;
};

/* Characters, not bytes: what a terminal or a mailer counts. */
static size_t width_of(const char *line, size_t length)
{
	size_t width = 0, i = 0;

	for (uint64_t eight; i + sizeof(eight) <= length; i += sizeof(eight)) { /* of ASCII */
		memcpy(&eight, line + i, sizeof(eight));
		if (eight & 0x8080808080808080u)
			break;
	}
	width = i;
	for (; i < length; i++)
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

static void survey_prefix(struct survey *survey, const struct log_prefix *prefix)
{
	survey->prefixed += prefix->elements != 0;
	survey->tagged += prefix->kernel;
}

static void survey_text(struct survey *survey, const char *line, size_t length,
			const struct log_prefix *prefix, size_t skipped)
{
	uint64_t number = 0;

	survey->lines++;
	if (number_at(line, length, &number)) {
		survey->numbered += number == survey->last_number + 1;
		survey->last_number = number;
	}
	if (!prefix->elements && survey->width >= WRAPPED_AT && survey->width < WIDTH_MAX) {
		survey->broken[survey->width]++;
		survey->all_broken++;
		log_wrap_break(&survey->wrap, line + skipped, length - skipped);
	}
	survey->width = width_of(line, length);
	skipped = prefix->elements ? 0 : skipped; /* quotes */
	log_wrap_count(&survey->wrap, line + skipped, length - skipped, survey->width);
	survey_prefix(survey, prefix);
}

/* A line that is part of a record, or all of it. */
static void survey_record(struct survey *survey, enum record_step step,
			  const struct log_record *record)
{
	survey->lines += step != RECORD_TAKEN;
	survey->width = 0;
	if (step == RECORD_WHOLE)
		survey_prefix(survey, &record->prefix);
}

static void survey_line(struct survey *survey, const char *line, size_t length)
{
	enum record_step step = log_record_take(&survey->record, line, length);
	struct log_prefix prefix;

	if (step != RECORD_NOT) {
		survey_record(survey, step, &survey->record);
		return;
	}
	size_t skipped = log_prefix_read(line, length, &prefix);

	survey_text(survey, line, length, &prefix, skipped);
}

/* Do lines have prefixes, so that one without goes on with another? */
static bool is_stamped(const struct survey *survey)
{
	return survey->prefixed * 5 >= survey->lines;
}

static bool is_numbered(const struct survey *survey)
{
	return survey->lines > 2 && survey->numbered * 5 >= (survey->lines - 1) * 3;
}

/* --- lines that were broken ------------------------------------------------------------------- */

struct dmesg_lines {
	struct log_builder *builder;
	struct survey survey;
	struct log_utf16 utf16;
	struct str decoded, mail, parts; /* of the piece, of the window, where they are needed */
	struct str window;		 /* text that is not taken yet */
	bool endless;			 /* the window is within a line that was cut */
	const char *ahead; /* behind the line at hand, in the window; NULL once surveyed */
	size_t ahead_length;
	const char *surveyed; /* up to here, in the window */
	struct log_record record;
	struct str clean, clean_ahead;
	/* The line before, as it stands in the file. */
	size_t width;
	size_t first_word; /* characters of this line's; no-break spaces count */
	bool after_kmsg;   /* the line before was one of /dev/kmsg */
	bool blank_end;	   /* format=flowed: a blank at the end means that the line goes on */
	uint64_t last_time_us;
	struct str line; /* collected so far, flushed when the next one begins */
	struct log_stamp like;
	bool pending;
	/* A line that another CPU's has cut: it stands before that one, which is pending. */
	struct str cut;
	struct log_stamp cut_like;
	bool has_cut;
};

static const char *next_line(const char *text, size_t length, size_t *line)
{
	const char *end = memchr(text, '\n', length);

	*line = end ? (size_t)(end - text) : length;
	return end ? end + 1 : text + length;
}

/* The counts, with those of the window's beginning. */
static const struct survey *look_ahead(struct dmesg_lines *reader)
{
	const char *text = reader->ahead;
	const char *end = text ? text + MIN(reader->ahead_length, (size_t)SURVEY_BYTES) : NULL;
	size_t length;

	if (!text)
		return &reader->survey;
	reader->ahead = NULL;
	while (text < end) {
		const char *next = next_line(text, (size_t)(end - text), &length);
		const char *line = log_line_clean(text, MIN(length, (size_t)LINE_MAX_BYTES),
						  &reader->clean_ahead, &length);

		survey_line(&reader->survey, line, length);
		text = next;
	}
	reader->surveyed = end;
	log_wrap_settle(&reader->survey.wrap);
	return &reader->survey;
}

/* … behind quotes. */
static size_t first_word(const char *line, size_t length)
{
	size_t n = 0;

	while (length > 1 && (*line == '>' || *line == ' ' || *line == '|')) {
		line++;
		length--;
	}

	while (n < length && line[n] != ' ' && line[n] != '\t')
		n++;
	return width_of(line, n);
}

/* A console cuts at its last column, within words, so all its lines are as long; mail breaks at blanks. */
static bool was_cut(struct dmesg_lines *reader)
{
	const struct survey *survey = look_ahead(reader);

	if (reader->blank_end)
		return false;
	if (survey->wrap.hard && reader->width == survey->wrap.width)
		return true;
	/* Where a line is wider, it was a mailer that broke this one. */
	return is_stamped(survey) && reader->width < WIDTH_MAX &&
	       reader->width >= survey->wrap.width && survey->broken[reader->width] >= 2 &&
	       survey->broken[reader->width] * 10 >= survey->all_broken * 8;
}

static enum log_join cut_or_blank(struct dmesg_lines *reader)
{
	return was_cut(reader) ? JOIN_CUT : JOIN_BLANK;
}

/* Does this line, which has no prefix of its own, go on with the one before? */
static enum log_join goes_on(struct dmesg_lines *reader, const char *line, size_t length)
{
	if (!reader->pending || !length || !reader->line.length)
		return JOIN_NOT;
	if (log_is_rule(&reader->line))
		return log_is_rule_end(&reader->line, line, length) ? JOIN_CUT : JOIN_NOT;
	enum log_join join = log_grammar(&reader->line, line, length);

	if (join)
		return join == JOIN_UNKNOWN ? cut_or_blank(reader) : join;
	if (reader->width < 40 || reader->width + 1 + reader->first_word <= WRAPPED_AT ||
	    (log_is_whole_frame(line, length) &&
	     log_is_whole_frame(reader->line.data, reader->line.length)))
		return JOIN_NOT;
	const struct survey *survey = look_ahead(reader);
	bool blank = line[0] == ' ' || line[0] == '\t';
	bool joins = is_stamped(survey) ? !blank || log_wrap_is_rest(&survey->wrap, reader->width,
								     line, length)
					: log_wrap_by_width(&survey->wrap, reader->width, line,
							    length, reader->first_word);

	return joins ? cut_or_blank(reader) : JOIN_NOT;
}

/* --- lines ------------------------------------------------------------------------------------ */

static void flush_cut(struct dmesg_lines *reader)
{
	if (reader->has_cut)
		log_add(reader->builder, &reader->cut_like,
			reader->cut.data ? reader->cut.data : "", reader->cut.length);
	reader->has_cut = false;
	reader->cut.length = 0;
}

static void flush(struct dmesg_lines *reader)
{
	if (!reader->pending)
		return;
	flush_cut(reader);
	log_add(reader->builder, &reader->like, reader->line.data ? reader->line.data : "",
		reader->line.length);
	reader->pending = false;
	reader->line.length = 0;
}

static void begin_line(struct dmesg_lines *reader, const struct log_stamp *like, const char *text,
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
static void take_prefixed(struct dmesg_lines *reader, const struct log_prefix *prefix,
			  const char *text, size_t length)
{
	struct log_stamp like = {.level = prefix->level,
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

/* Blanks that all of the text begins with, where somebody moved it to the right. */
static size_t indent_of(struct dmesg_lines *reader, const char *line, size_t length)
{
	size_t blanks = 0, all;

	while (blanks < length && (line[blanks] == ' ' || line[blanks] == '\t'))
		blanks++;
	if (!blanks || (blanks < 2 && line[0] == ' '))
		return 0;
	all = look_ahead(reader)->wrap.indent;
	return all > 1 || line[0] == '\t' ? MIN(all, blanks) : 0;
}

/* "-<6>[  999.000011] EXT4-fs …" and then "-----------  ): Poison": the dashes were cut. */
static bool goes_on_in_rule(const struct str *cut, char first)
{
	return cut->length && strchr("-=*", first) && cut->data[cut->length - 1] == first;
}

/* What another CPU's line has cut off: the rest has no stamp. Within a word it is known by that alone. */
static bool is_rest_of_cut(struct dmesg_lines *reader, const char *text, size_t length)
{
	const struct str *cut = &reader->cut;

	if (!reader->has_cut || !length)
		return false;
	return log_word_is_cut(cut->data, cut->length, text, length) ||
	       goes_on_in_rule(cut, *text) ||
	       ((!cut->length ||
		 (!log_has_beginning(text, length) && !log_is_frame(text, length))) &&
		is_stamped(look_ahead(reader)));
}

static bool ends_cut(struct dmesg_lines *reader, const char *text, size_t length)
{
	if (!is_rest_of_cut(reader, text, length))
		return false;
	str_append(&reader->cut, text, length);
	flush_cut(reader);
	return true;
}

/* A backslash at a line's end: who pasted it says that the next one goes on. */
static bool joins_escaped(struct dmesg_lines *reader, const char *text, size_t length)
{
	struct str *line = &reader->line;
	size_t blanks = 0;

	if (!reader->pending || line->length < WRAPPED_AT / 2 ||
	    line->data[line->length - 1] != '\\')
		return false;
	line->data[--line->length] = '\0';
	while (blanks < length && (text[blanks] == ' ' || text[blanks] == '\t'))
		blanks++;
	if (blanks && line->data[line->length - 1] != ' ')
		str_puts(line, " ");
	str_append(line, text + blanks, length - blanks);
	return true;
}

static void take_bare(struct dmesg_lines *reader, const char *text, size_t length)
{
	struct log_stamp like = {.level = -1};

	size_t indent = indent_of(reader, text, length);

	text += indent;
	length -= indent;

	if (ends_cut(reader, text, length) || joins_escaped(reader, text, length))
		return;
	enum log_join join = goes_on(reader, text, length);

	if (join) {
		while (join == JOIN_BLANK && length > 1 && text[0] == ' ' && text[1] == ' ') {
			text++;
			length--;
		}
		if (join == JOIN_BLANK && text[0] != ' ' &&
		    reader->line.data[reader->line.length - 1] != ' ')
			str_puts(&reader->line, " ");
		str_append(&reader->line, text, length);
		return;
	}
	if (reader->pending && reader->survey.prefixed) { /* so far */
		like = reader->like;
		like.continued = true;
	}
	begin_line(reader, &like, text, length);
}

/* Fences around a paste: ``` and ~~~ of Markdown, {code:…} of Jira, {{{ … }}} of Trac. */
static bool is_fence(const char *line, size_t length)
{
	static const char *const fences[] = {"```", "~~~", "{code:", "{noformat:", "{{{", "}}}"};

	if (!length || !strchr("`~{}", line[0] ? line[0] : 'x'))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(fences); i++) {
		size_t fence = strlen(fences[i]);

		if (length >= fence && length < fence + 24 && !memcmp(line, fences[i], fence))
			return !memchr(line, ' ', length);
	}
	return false;
}

/* " SUBSYSTEM=pci", " DEVICE=+pci:0000:00:03.0": what /dev/kmsg puts behind a record. */
static bool is_kmsg_field(const struct dmesg_lines *reader, const char *line, size_t length)
{
	return reader->after_kmsg && length > 5 && line[0] == ' ' &&
	       (!memcmp(line + 1, "DEVICE=", MIN(length - 1, (size_t)7)) ||
		!memcmp(line + 1, "SUBSYSTEM=", MIN(length - 1, (size_t)10)));
}

/* Is a program's line left out: are lines of the kernel marked as such in this log? */
static bool is_left_out(struct dmesg_lines *reader)
{
	return reader->survey.tagged || look_ahead(reader)->tagged;
}

/* The message of a record may well bear a prefix of its own, which then says more. */
static void take_record(struct dmesg_lines *reader)
{
	const struct log_record *record = &reader->record;
	const char *text = record->message.data ? record->message.data : "";
	struct log_prefix prefix;
	size_t skipped = log_prefix_read(text, record->message.length, &prefix);

	if ((record->prefix.program || prefix.program) && is_left_out(reader)) {
		reader->builder->skipped++;
		return;
	}
	if (prefix.level < 0)
		prefix.level = record->prefix.level;
	if (!prefix.has_time && record->prefix.has_time) {
		prefix.has_time = true;
		prefix.time_us = record->prefix.time_us;
	}
	if (!prefix.wall.length)
		prefix.wall = record->prefix.wall;
	if (!prefix.host.length)
		prefix.host = record->prefix.host;
	prefix.kernel |= record->prefix.kernel;
	take_prefixed(reader, &prefix, text + skipped, record->message.length - skipped);
	reader->width = 0;
	reader->blank_end = false;
}

/* The line behind its number, if all lines have one; what stands before another prefix is read with it. */
static const char *skip_number(struct dmesg_lines *reader, const char *line, size_t *length,
			       bool prefixed)
{
	uint64_t unused;
	size_t number = number_at(line, *length, &unused);

	if (!number || !is_numbered(prefixed ? &reader->survey : look_ahead(reader)))
		return line;
	*length -= number;
	return line + number;
}

/* The line at hand is to go on behind the next one, which has cut it. */
static void put_aside(struct dmesg_lines *reader)
{
	if (!reader->pending)
		return;
	flush_cut(reader);
	str_append(&reader->cut, reader->line.data, reader->line.length);
	reader->cut_like = reader->like;
	reader->has_cut = true;
	reader->line.length = 0;
	reader->pending = false;
	reader->width = 0;
}

/* Where the line of another CPU begins in one whose prefix was read. */
static size_t part_of(const struct dmesg_lines *reader, const char *line, size_t length,
		      const struct log_prefix *prefix, size_t skipped)
{
	uint64_t time_us = prefix->has_time ? prefix->time_us : reader->last_time_us;

	if (!time_us && !prefix->elements)
		time_us = log_seam_folded(line, length);

	if (prefix->program || prefix->delta)
		return length;
	size_t part = log_seam_find(line, length, skipped + 1, time_us);

	return part == length && !prefix->elements && reader->survey.prefixed
		       ? log_seam_behind_program(line, length, reader->last_time_us)
		       : part;
}

/* Returns how much of it one line is. */
static size_t take_text_line(struct dmesg_lines *reader, const char *raw, size_t raw_length,
			     const char *line, size_t length)
{
	struct log_prefix prefix;
	size_t skipped = log_prefix_read(line, length, &prefix);
	size_t part = part_of(reader, line, length, &prefix, skipped);

	if (reader->ahead)
		survey_text(&reader->survey, line, length, &prefix, skipped);
	if (part < length) {
		raw = line;
		raw_length = length = part;
	}
	const char *behind = skip_number(reader, line, &length, prefix.elements != 0);

	if (behind != line)
		skipped = log_prefix_read(behind, length, &prefix);
	line = behind;
	/* "07 <48> 8b": bytes of code, no level behind a line's number. */
	if (prefix.elements && reader->pending &&
	    log_is_code(reader->has_cut ? &reader->cut : &reader->line, line, length)) {
		prefix = (struct log_prefix){.level = -1};
		for (skipped = 0;
		     !reader->has_cut && skipped < length && strchr("> |", line[skipped]);)
			skipped++;
	}
	if (prefix.program && is_left_out(reader)) {
		reader->builder->skipped++;
		return part;
	}
	reader->after_kmsg = prefix.kmsg;
	reader->first_word = first_word(raw, raw_length);
	if (prefix.elements)
		take_prefixed(reader, &prefix, line + skipped, length - skipped);
	else
		take_bare(reader, line + skipped, length - skipped);
	reader->width = width_of(raw, raw_length - (raw_length && raw[raw_length - 1] == '\r'));
	reader->blank_end = length && line[length - 1] == ' ';
	return part;
}

/* A line, or several: each CPU's that begins within that of another. */
static void take_parted(struct dmesg_lines *reader, const char *raw, size_t raw_length,
			const char *line, size_t length)
{
	for (;;) {
		size_t taken = take_text_line(reader, raw, raw_length, line, length);

		if (taken == length)
			return;
		put_aside(reader);
		raw = line += taken;
		raw_length = length -= taken;
	}
}

/* "** 93 printk messages dropped **": its length; 0 where the line does not begin with one. */
static size_t loss_at(const char *line, size_t length)
{
	static const char words[] = " printk messages dropped **";
	size_t at = 3, rest = sizeof(words) - 1;

	if (length < 3 || memcmp(line, "** ", 3) != 0)
		return 0;
	while (at < length && line[at] >= '0' && line[at] <= '9')
		at++;
	return at > 3 && length - at >= rest && !memcmp(line + at, words, rest) ? at + rest : 0;
}

/* Consoles before v4.15 wrote the next line right behind what they lost. */
static void take_cleaned(struct dmesg_lines *reader, const char *raw, size_t raw_length,
			 const char *line, size_t length)
{
	size_t loss = loss_at(line, length);

	if (loss) {
		begin_line(reader, &(struct log_stamp){.level = -1}, line, loss);
		reader->width = 0;
		loss += loss < length && line[loss] == ' ';
		raw = line + loss;
		raw_length = length - loss;
	}
	if (!loss || raw_length)
		take_parted(reader, raw, raw_length, line + loss, length - loss);
}

static void take_line(struct dmesg_lines *reader, const char *raw, size_t raw_length)
{
	size_t length;
	const char *line = log_line_clean(raw, raw_length, &reader->clean, &length);
	enum record_step step = log_record_take(&reader->record, line, length);

	if (raw_length == LINE_MAX_BYTES)
		reader->builder->cut++;
	if (step != RECORD_NOT && reader->ahead)
		survey_record(&reader->survey, step, &reader->record);
	if (step == RECORD_WHOLE)
		take_record(reader);
	if (step == RECORD_NOT && !is_fence(line, length) && !is_kmsg_field(reader, line, length))
		take_cleaned(reader, raw, raw_length, line, length);
}

/* --- the window ------------------------------------------------------------------------------- */

static void take_text(struct dmesg_lines *reader, const char *text, size_t length)
{
	if (log_mail_decode(text, length, &reader->mail)) {
		text = reader->mail.data;
		length = reader->mail.length;
	}
	if (log_parts_join(text, length, &reader->parts)) {
		text = reader->parts.data ? reader->parts.data : "";
		length = reader->parts.length;
	}
	const char *end = length ? text + length : text;

	reader->ahead = text;
	reader->surveyed = text;
	while (text < end) {
		const char *next = next_line(text, (size_t)(end - text), &length);

		/* Firmware's words may come before the kernel's: lines with prefixes may be still to come. */
		if (reader->ahead || (text >= reader->surveyed && !is_stamped(&reader->survey)))
			reader->ahead = next;
		reader->ahead_length = (size_t)(end - next);
		take_line(reader, text, MIN(length, (size_t)LINE_MAX_BYTES));
		text = next;
	}
	reader->ahead = NULL;
}

/* Whole lines of what is there; one that fills the window is cut, and the rest of it dropped. */
static void take_window(struct dmesg_lines *reader, bool all)
{
	char *text = reader->window.data;
	size_t length = reader->window.length, taken;

	if (reader->endless) {
		char *end = length ? memchr(text, '\n', length) : NULL;

		taken = end ? (size_t)(end + 1 - text) : length;
		reader->endless = !end;
		text += taken;
		length -= taken;
	}
	const char *last = length ? memrchr(text, '\n', length) : NULL;

	taken = last && !all ? (size_t)(last + 1 - text) : length;
	reader->endless |= !all && length && !last;
	take_text(reader, text, taken);
	reader->window.length = length - taken;
	if (reader->window.length)
		memmove(reader->window.data, text + taken, length - taken);
}

/* NULs are nobody's text: of a hole in a file, or behind the end of a log in a buffer. */
static void append(struct dmesg_lines *reader, const char *text, size_t length)
{
	while (length) {
		const char *nul = memchr(text, '\0', length);
		size_t part = nul ? (size_t)(nul - text) : length;

		str_append(&reader->window, text, part);
		text += part;
		length -= part;
		while (length && !*text) {
			text++;
			length--;
		}
	}
}

void dmesg_lines_feed(struct dmesg_lines *reader, const char *text, size_t length)
{
	text = log_utf16_decode(&reader->utf16, text, length, &reader->decoded, &length);
	while (length) {
		size_t part = MIN(length, DMESG_WINDOW - reader->window.length);

		append(reader, text, part);
		if (reader->window.length == DMESG_WINDOW)
			take_window(reader, false);
		text += part;
		length -= part;
	}
}

void dmesg_lines_end_file(struct dmesg_lines *reader)
{
	reader->utf16 = (struct log_utf16){0};
	if (reader->endless ||
	    (reader->window.length && reader->window.data[reader->window.length - 1] != '\n'))
		dmesg_lines_feed(reader, "\n", 1);
	reader->utf16 = (struct log_utf16){0};
}

struct err *dmesg_lines_new(struct log_builder *builder, struct dmesg_lines **ret)
{
	struct dmesg_lines *reader = calloc(1, sizeof(*reader));

	if (!reader)
		return &err_nomem;
	reader->builder = builder;
	*ret = reader;
	return NULL;
}

static void finish(struct dmesg_lines *reader)
{
	take_window(reader, true);
	if (log_record_finish(&reader->record) == RECORD_WHOLE)
		take_record(reader);
	flush(reader);
	reader->builder->stamped = reader->survey.prefixed;
	if (reader->clean.failed || reader->clean_ahead.failed || reader->line.failed ||
	    reader->cut.failed || reader->window.failed || reader->decoded.failed ||
	    reader->mail.failed || reader->parts.failed || reader->record.message.failed ||
	    reader->survey.record.message.failed)
		log_fail(reader->builder, &err_nomem);
}

void dmesg_lines_close(struct dmesg_lines *reader)
{
	if (!reader)
		return;
	finish(reader);
	log_record_deinit(&reader->record);
	log_record_deinit(&reader->survey.record);
	str_deinit(&reader->clean);
	str_deinit(&reader->clean_ahead);
	str_deinit(&reader->line);
	str_deinit(&reader->cut);
	str_deinit(&reader->window);
	str_deinit(&reader->decoded);
	str_deinit(&reader->mail);
	str_deinit(&reader->parts);
	free(reader);
}

void dmesg_lines_add(struct log_builder *builder, const char *text, size_t length)
{
	_cleanup_(cleanup_dmesg_lines_close) struct dmesg_lines *lines = NULL;
	struct err *err = dmesg_lines_new(builder, &lines);

	if (err)
		log_fail(builder, err);
	else
		dmesg_lines_feed(lines, text, length);
}
