/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads lines of a log out of the fields of records. */
#include "kernel/printk/log_record.h"

#include <stdlib.h>

#include "base/parse.h"
#include "base/utc.h"
#include "kernel/printk/log_field.h"

static void begin(struct log_record *record)
{
	record->prefix = (struct log_prefix){.level = -1};
	record->message.length = 0;
	record->has_message = false;
	record->ended = false;
	record->expect_binary = false;
}

static enum record_step end(struct log_record *record)
{
	struct log_prefix *prefix = &record->prefix;

	while (record->message.length &&
	       strchr("\n\r ", record->message.data[record->message.length - 1]))
		record->message.length--;
	if (!record->has_message)
		return RECORD_TAKEN;
	record->has_message = false;
	record->ended = true;
	prefix->elements++;
	if (prefix->wall.length)
		prefix->wall.at = record->wall;
	if (prefix->host.length)
		prefix->host.at = record->host;
	return RECORD_WHOLE;
}

/* --- fields ----------------------------------------------------------------------------------- */

static void set_level(struct log_record *record, const char *text)
{
	static const char *const names[] = {"emerg", "alert",  "crit", "err",
					    "warn",  "notice", "info", "debug"};
	uint64_t value;

	if (parse_dec_start(text, &value))
		record->prefix.level = (int)(value & 7);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (has_prefix(text, names[i]))
			record->prefix.level = (int)i;
}

static void set_wall(struct log_record *record, const char *text)
{
	if (record->prefix.wall.length || !strchr(text, ':')) /* numbers are of any unit */
		return;
	copy_string(record->wall, sizeof(record->wall), text);
	record->prefix.wall.length = strlen(record->wall);
}

static void set_wall_us(struct log_record *record, const char *text)
{
	char wall[UTC_SIZE];
	uint64_t us;

	if (parse_dec_start(text, &us) && us / 1000000 < INT32_MAX * 4ull &&
	    utc_format((int64_t)(us / 1000000), wall))
		set_wall(record, wall);
}

static void set_time_us(struct log_record *record, const char *text)
{
	record->prefix.has_time |= parse_dec_start(text, &record->prefix.time_us);
}

/* dmesg's "time": seconds since boot; all others': a date. */
static void set_time(struct log_record *record, const char *text)
{
	uint64_t seconds;
	size_t whole = strspn(text, "0123456789"), part;

	if (text[whole] != '.' || !parse_dec(text, whole, &seconds) || seconds > 1u << 30) {
		set_wall(record, text);
		return;
	}
	part = strspn(text + whole + 1, "0123456789");
	record->prefix.time_us = seconds * 1000000;
	for (uint64_t i = 0, unit = 100000; i < MIN(part, (size_t)6); i++, unit /= 10)
		record->prefix.time_us += (uint64_t)(text[whole + 1 + i] - '0') * unit;
	record->prefix.has_time = true;
}

static void set_host(struct log_record *record, const char *text)
{
	copy_string(record->host, sizeof(record->host), text);
	record->prefix.host.length = strlen(record->host);
}

static void set_transport(struct log_record *record, const char *text)
{
	record->prefix.kernel |= !strcmp(text, "kernel");
	record->prefix.program = !record->prefix.kernel;
}

static const struct {
	const char *key;
	void (*set)(struct log_record *record, const char *value);
} keys[] = {
	{"PRIORITY", set_level},
	{"pri", set_level},
	{"_SOURCE_MONOTONIC_TIMESTAMP", set_time_us},
	{"__REALTIME_TIMESTAMP", set_wall_us},
	{"time", set_time},
	{"timestamp", set_wall},
	{"@timestamp", set_wall},
	{"_HOSTNAME", set_host},
	{"hostname", set_host},
	{"_TRANSPORT", set_transport},
	{"SYSLOG_IDENTIFIER", set_transport},
};

/* journald; docker and dmesg; fluentd and most others; Loki; Google's, GELF's. */
static const char *const message_keys[] = {"MESSAGE", "log",	     "msg",	     "message",
					   "line",    "textPayload", "short_message"};

static bool is_message(const char *key)
{
	for (size_t i = 0; i < ARRAY_SIZE(message_keys); i++)
		if (!strcmp(key, message_keys[i]))
			return true;
	return false;
}

static void take_field(void *context, const char *key, const char *value, size_t length)
{
	struct log_record *record = context;

	if (is_message(key) && !record->has_message) {
		record->has_message = true;
		record->message.length = 0;
		str_append(&record->message, value, length);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(key, keys[i].key))
			keys[i].set(record, value);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static size_t blanks(const char *line, size_t length)
{
	size_t count = 0;

	while (count < length && (line[count] == ' ' || line[count] == '\t'))
		count++;
	return count;
}

/* An object in a line of its own; journalctl's -o json-sse and lists of YAML put something before it. */
static enum record_step take_object_line(struct log_record *record, const char *line, size_t length)
{
	if (length > 6 && !memcmp(line, "data: ", 6)) {
		line += 6;
		length -= 6;
	} else if (length > 2 && !memcmp(line, "- ", 2)) {
		line += 2;
		length -= 2;
	}
	size_t inside = 1 + blanks(line + 1, length ? length - 1 : 0);

	if (length < 8 || line[0] != '{' || line[inside] != '"')
		return RECORD_NOT;
	begin(record);
	if (!log_fields_read(line, length, take_field, record) || !record->has_message)
		return RECORD_NOT;
	return end(record);
}

/* "{", "},{", "[{", and "\"dmesg\": [", which holds the objects of dmesg --json. */
static bool opens_object(const char *line, size_t length)
{
	return length <= 4 && line[length - 1] == '{';
}

static enum record_step take_in_object(struct log_record *record, const char *line, size_t length)
{
	enum record_step step = RECORD_TAKEN;

	if (line[0] == '}' || line[0] == ']') {
		step = end(record);
		record->form = opens_object(line, length) ? RECORD_OBJECT : RECORD_OUTSIDE;
		record->form = line[0] == '}' && length <= 2 ? RECORD_OBJECT : record->form;
		record->in_braces = true;
		if (step == RECORD_TAKEN)
			begin(record);
		return step;
	}
	if (opens_object(line, length) || line[0] == '[') {
		begin(record);
		return RECORD_TAKEN;
	}
	if (line[0] != '"') { /* no JSON after all */
		record->form = RECORD_OUTSIDE;
		return RECORD_NOT;
	}
	if (record->ended)
		begin(record);
	log_fields_read(line, length, take_field, record);
	return step;
}

/* --- journalctl -o export, -o verbose --------------------------------------------------------- */

/* "KEY=value": the key's length, 0 for any other line. */
static size_t key_length(const char *line, size_t length)
{
	size_t count = 0;

	while (count < length &&
	       ((line[count] >= 'A' && line[count] <= 'Z') || line[count] == '_' ||
		(count && line[count] >= '0' && line[count] <= '9')))
		count++;
	return count;
}

static void take_assignment(struct log_record *record, const char *line, size_t length)
{
	size_t key = key_length(line, length);
	char name[48], value[128];

	if (key == length && key == 7 && !memcmp(line, "MESSAGE", 7)) {
		record->expect_binary = true;
		return;
	}
	if (!key || key == length || line[key] != '=')
		return;
	copy_part(name, sizeof(name), line, key);
	if (is_message(name)) {
		take_field(record, name, line + key + 1, length - key - 1);
		return;
	}
	copy_part(value, sizeof(value), line + key + 1, length - key - 1);
	take_field(record, name, value, strlen(value));
}

/* The size of what follows, 8 bytes of which those that are NUL were dropped before us. */
static void take_binary(struct log_record *record, const char *line, size_t length)
{
	uint64_t size = 0;

	for (size_t i = 0; i < MIN(length, (size_t)3); i++) {
		size |= (uint64_t)(unsigned char)line[i] << 8 * i;
		if (size != length - i - 1)
			continue;
		line += i + 1;
		length -= i + 1;
		break;
	}
	take_field(record, "MESSAGE", line, length);
	record->expect_binary = false;
}

static bool is_verbose_head(const char *line, size_t length)
{
	return length > 20 && line[length - 1] == ']' && memmem(line, length, " [s=", 4) &&
	       memmem(line, length, ";i=", 3);
}

static enum record_step take_export(struct log_record *record, const char *line, size_t length)
{
	if (record->expect_binary) {
		take_binary(record, line, length);
		return RECORD_TAKEN;
	}
	if (!length || is_verbose_head(line, length) ||
	    (length > 9 && !memcmp(line, "__CURSOR=", 9))) {
		enum record_step step = end(record);

		if (step == RECORD_TAKEN)
			begin(record);
		return step;
	}
	if (record->ended)
		begin(record);
	size_t skipped = record->form == RECORD_VERBOSE ? blanks(line, length) : 0;
	take_assignment(record, line + skipped, length - skipped);
	return RECORD_TAKEN;
}

/* --- all of them ------------------------------------------------------------------------------ */

static enum record_step take_outside(struct log_record *record, const char *line, size_t length)
{
	size_t skipped = blanks(line, length);

	if (length > 9 && !memcmp(line, "__CURSOR=", 9))
		record->form = RECORD_EXPORT;
	else if (is_verbose_head(line, length))
		record->form = RECORD_VERBOSE;
	else if (skipped < length && opens_object(line + skipped, length - skipped))
		record->form = RECORD_OBJECT;
	else if (record->in_braces && length - skipped <= 2 && skipped < length &&
		 (line[skipped] == ']' || line[skipped] == '}'))
		return RECORD_TAKEN;
	else
		return take_object_line(record, line + skipped, length - skipped);
	begin(record);
	return RECORD_TAKEN;
}

enum record_step log_record_take(struct log_record *record, const char *line, size_t length)
{
	size_t skipped;

	switch (record->form) {
	case RECORD_OBJECT:
		skipped = blanks(line, length);
		return skipped < length ? take_in_object(record, line + skipped, length - skipped)
					: RECORD_TAKEN;
	case RECORD_EXPORT:
	case RECORD_VERBOSE:
		return take_export(record, line, length);
	default:
		return take_outside(record, line, length);
	}
}

enum record_step log_record_finish(struct log_record *record)
{
	record->form = RECORD_OUTSIDE;
	return end(record);
}

void log_record_deinit(struct log_record *record)
{
	str_deinit(&record->message);
}
