/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads keys and values out of JSON, line by line and whatever is missing at its end. */
#include "kernel/printk/log_field.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"

struct scan {
	const char *at, *end;
	struct str value;
	char key[FIELD_KEY_MAX];
};

static void skip_blanks(struct scan *scan)
{
	while (scan->at < scan->end && strchr(" \t\r\n", *scan->at) && *scan->at)
		scan->at++;
}

static void put_code(struct str *text, unsigned code)
{
	char utf8[3];
	size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : 3;

	if (length == 1) {
		utf8[0] = (char)code;
	} else if (length == 2) {
		utf8[0] = (char)(0xc0 | code >> 6);
		utf8[1] = (char)(0x80 | (code & 0x3f));
	} else {
		utf8[0] = (char)(0xe0 | code >> 12);
		utf8[1] = (char)(0x80 | (code >> 6 & 0x3f));
		utf8[2] = (char)(0x80 | (code & 0x3f));
	}
	if (code)
		str_append(text, utf8, length);
}

/* Behind a backslash. */
static void read_escape(struct scan *scan)
{
	static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
	const char *known;
	uint64_t code;

	if (scan->at == scan->end)
		return;
	known = *scan->at ? strchr(from, *scan->at) : NULL;
	if (*scan->at == 'u' && scan->end - scan->at >= 5 && parse_hex(scan->at + 1, 4, &code)) {
		put_code(&scan->value, (unsigned)code);
		scan->at += 5;
		return;
	}
	str_append(&scan->value, known ? &to[known - from] : scan->at, 1);
	scan->at++;
}

/* A string, the first quote behind us: into value. */
static void read_string(struct scan *scan)
{
	scan->value.length = 0;
	str_puts(&scan->value, "");
	while (scan->at < scan->end && *scan->at != '"') {
		const char *start = scan->at;

		while (scan->at < scan->end && *scan->at != '"' && *scan->at != '\\')
			scan->at++;
		if (scan->value.length < FIELD_MAX)
			str_append(&scan->value, start, (size_t)(scan->at - start));
		if (scan->at < scan->end && *scan->at == '\\') {
			scan->at++;
			read_escape(scan);
		}
	}
	if (scan->at < scan->end)
		scan->at++;
}

/* "[91,32,…]": bytes. False, and nothing taken, when it is a list of other things. */
static bool read_bytes(struct scan *scan)
{
	const char *at = scan->at + 1;

	scan->value.length = 0;
	str_puts(&scan->value, "");
	while (at < scan->end && *at != ']') {
		size_t count = 0;
		uint64_t value;

		while (at + count < scan->end && at[count] >= '0' && at[count] <= '9')
			count++;
		if (count && (!parse_dec(at, count, &value) || value > 255))
			return false;
		if (count && value && scan->value.length < FIELD_MAX)
			str_append(&scan->value, (const char[]){(char)value}, 1);
		if (!count && *at != ',' && *at != ' ' && *at != '\t')
			return false;
		at += count ? count : 1;
	}
	scan->at = at < scan->end ? at + 1 : at;
	return true;
}

static bool is_number(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

/* Behind "key:". True when value is filled; what is an object or a list is walked into instead. */
static bool read_value(struct scan *scan)
{
	skip_blanks(scan);
	if (scan->at == scan->end)
		return false;
	if (*scan->at == '"') {
		scan->at++;
		read_string(scan);
		return true;
	}
	if (*scan->at == '[')
		return read_bytes(scan);
	const char *start = scan->at;

	while (scan->at < scan->end && is_number(*scan->at))
		scan->at++;
	scan->value.length = 0;
	str_append(&scan->value, start, (size_t)(scan->at - start));
	return scan->at > start;
}

bool log_fields_read(const char *text, size_t length,
		     void (*field)(void *context, const char *key, const char *value,
				   size_t length),
		     void *context)
{
	struct scan scan = {.at = text, .end = text + length};
	bool found = false;

	while (scan.at < scan.end) {
		char c = *scan.at++;

		if (c != '"') {
			if (!found && !strchr("{[ \t", c))
				break;
			continue;
		}
		read_string(&scan);
		copy_part(scan.key, sizeof(scan.key), scan.value.data ? scan.value.data : "",
			  scan.value.length);
		skip_blanks(&scan);
		if (scan.at == scan.end || *scan.at != ':')
			continue;
		scan.at++;
		found = true;
		if (read_value(&scan) && scan.value.data)
			field(context, scan.key, scan.value.data, scan.value.length);
	}
	str_deinit(&scan.value);
	return found;
}
