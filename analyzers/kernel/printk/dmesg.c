/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/printk/log_build.h"
#include "kernel/printk/printk.h"

/* What is left of a line. */
struct cursor {
	const char *at;
	size_t left;
};

static void skip(struct cursor *c, size_t count)
{
	c->at += count;
	c->left -= count;
}

static size_t digits(const struct cursor *c, size_t from)
{
	size_t count = 0;

	while (from + count < c->left && isdigit((unsigned char)c->at[from + count]))
		count++;
	return count;
}

static size_t spaces(const struct cursor *c, size_t from)
{
	size_t count = 0;

	while (from + count < c->left && c->at[from + count] == ' ')
		count++;
	return count;
}

static bool is_at(const struct cursor *c, size_t index, char wanted)
{
	return index < c->left && c->at[index] == wanted;
}

/* "<6>", with the facility in the higher bits. */
static void take_level(struct cursor *c, struct log_line *line)
{
	size_t count = digits(c, 1);
	uint64_t value;

	if (!is_at(c, 0, '<') || !count || !is_at(c, 1 + count, '>') ||
	    !parse_dec(c->at + 1, count, &value))
		return;
	line->level = (int)(value & 7);
	skip(c, count + 2);
}

/* "[   12.345678]" */
static bool take_time(struct cursor *c, struct log_line *line)
{
	size_t pad = spaces(c, 1), whole = digits(c, 1 + pad), part;
	uint64_t seconds, micros;

	if (!is_at(c, 0, '[') || !whole || !is_at(c, 1 + pad + whole, '.'))
		return false;
	part = digits(c, 2 + pad + whole);
	if (part != 6 || !is_at(c, 2 + pad + whole + part, ']') ||
	    !parse_dec(c->at + 1 + pad, whole, &seconds) ||
	    !parse_dec(c->at + 2 + pad + whole, part, &micros) || seconds > UINT64_MAX / 2000000)
		return false;
	line->time_us = seconds * 1000000 + micros;
	line->has_time = true;
	skip(c, 3 + pad + whole + part);
	return true;
}

/*
 * "[   T123]" or "[    C1]" behind the time (CONFIG_PRINTK_CALLER): right behind it in the kernel's
 * own words, after a space in makedumpfile's.
 */
static void take_caller(struct cursor *line_rest, struct log_line *line)
{
	struct cursor inner = *line_rest, *c = &inner;
	size_t pad, count;
	uint64_t value;

	if (is_at(c, 0, ' '))
		skip(c, 1);
	pad = spaces(c, 1);
	count = digits(c, 2 + pad);

	if (!is_at(c, 0, '[') || !(is_at(c, 1 + pad, 'T') || is_at(c, 1 + pad, 'C')) || !count ||
	    !is_at(c, 2 + pad + count, ']') || !parse_dec(c->at + 2 + pad, count, &value) ||
	    value > INT32_MAX)
		return;
	line->caller = (uint32_t)value | (is_at(c, 1 + pad, 'C') ? 0x80000000u : 0);
	skip(c, 3 + pad + count);
	*line_rest = inner;
}

/* dmesg -T's "[Sat Nov 21 04:00:25 2026] ", and ISO's "2026-11-21T04:00:25,123456+00:00 ". */
static bool take_date(struct cursor *c)
{
	const char *end;

	if (is_at(c, 0, '[') && c->left > 25 && isupper((unsigned char)c->at[1]) &&
	    is_at(c, 4, ' ') && is_at(c, 14, ':') && is_at(c, 17, ':') && is_at(c, 25, ']')) {
		skip(c, 26);
		return true;
	}
	if (digits(c, 0) != 4 || !is_at(c, 4, '-') || !is_at(c, 10, 'T') || !is_at(c, 13, ':'))
		return false;
	end = memchr(c->at, ' ', c->left);
	if (!end)
		return false;
	skip(c, (size_t)(end - c->at));
	return true;
}

/* "Nov 21 04:00:25 " */
static bool has_syslog_date(const struct cursor *c)
{
	return c->left > 16 && isupper((unsigned char)c->at[0]) && is_at(c, 3, ' ') &&
	       is_at(c, 6, ' ') && is_at(c, 9, ':') && is_at(c, 12, ':') && is_at(c, 15, ' ');
}

#define TAG_WITHIN 128 /* date, host name and program of a syslog line */

/* Behind " kernel: ". */
static bool take_tag(struct cursor *c)
{
	static const char tag[] = " kernel: ";
	const char *found = memmem(c->at, MIN(c->left, TAG_WITHIN), tag, sizeof(tag) - 1);

	if (found)
		skip(c, (size_t)(found - c->at) + sizeof(tag) - 1);
	return found;
}

static void add_line(struct log_builder *builder, struct cursor c)
{
	const struct log_line *before = builder->count ? &builder->lines[builder->count - 1] : NULL;
	struct log_line line = {.level = -1};
	bool prefixed, dated;

	if (c.left && c.at[c.left - 1] == '\r')
		c.left--;
	dated = has_syslog_date(&c);
	if (dated && !take_tag(&c))
		return; /* another program's */
	prefixed = take_date(&c);
	if (prefixed && !dated)
		dated = take_tag(&c);
	take_level(&c, &line);
	if (take_time(&c, &line)) {
		take_caller(&c, &line);
		prefixed = true;
	}
	if (prefixed && is_at(&c, 0, ' '))
		skip(&c, 1);
	if (!prefixed && !dated && line.level < 0 && before) {
		line = *before;
		line.continued = true;
	}
	log_add(builder, &line, c.at, c.left);
}

void log_add_text(struct log_builder *builder, const char *text, size_t length)
{
	while (length) {
		const char *end = memchr(text, '\n', length);
		struct cursor line = {text, end ? (size_t)(end - text) : length};
		size_t taken = line.left + (end ? 1 : 0);

		add_line(builder, line);
		text += taken;
		length -= taken;
	}
}

struct err *log_parse(const char *text, size_t length, struct log **ret)
{
	struct log_builder builder = {0};

	log_add_text(&builder, text, MIN(length, LOG_FILE_MAX));
	return log_finish(&builder, "dmesg file", ret);
}

struct err *log_read(int fd, struct log **ret)
{
	_str_ struct str text = {0};
	char buf[65536];
	ssize_t got = 0;

	while (text.length < LOG_FILE_MAX) {
		got = pread(fd, buf, sizeof(buf), (off_t)text.length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		str_append(&text, buf, (size_t)got);
		if (text.failed)
			return &err_nomem;
	}
	if (got < 0)
		return err_errno(errno, "read the dmesg file");
	if (!text.length)
		return err_new(ERR_NOT_FOUND, "the dmesg file is empty");
	return log_parse(text.data, text.length, ret);
}
