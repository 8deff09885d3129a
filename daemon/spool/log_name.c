/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells by their names which files are one log, and in which order they were written. */
#include "daemon/spool/log_name.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"

#define DIGITS "0123456789"

static size_t without_packing(const char *path)
{
	static const char *const suffixes[] = {".gz", ".bz2", ".xz", ".zst", ".lz4"};
	size_t length = strlen(path);

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (has_suffix(path, suffixes[i]))
			return length - strlen(suffixes[i]);
	return length;
}

/* Where the digits begin that path[..length) ends in. */
static size_t digits_from(const char *path, size_t length)
{
	while (length && strchr(DIGITS, path[length - 1]))
		length--;
	return length;
}

/* "-20240101", "-20240101-1704067200", "-2024-01-01": the date as a number. */
static bool read_date(const char *path, size_t length, struct log_name *name)
{
	size_t from = digits_from(path, length), count = length - from;

	if (count == 10 && from && path[from - 1] == '-') { /* dateformat -%Y%m%d-%s */
		length = from - 1;
		from = digits_from(path, length);
		count = length - from;
	}
	if (count == 2 && from > 8 && path[from - 1] == '-' && path[from - 4] == '-' &&
	    digits_from(path, from - 4) == from - 8 && path[from - 9] == '-') {
		char date[9] = {0};

		memcpy(date, path + from - 8, 4);
		memcpy(date + 4, path + from - 3, 2);
		memcpy(date + 6, path + from, 2);
		name->stem = from - 9;
		return parse_dec(date, 8, &name->number);
	}
	name->stem = from ? from - 1 : 0;
	return count == 8 && from > 1 && path[from - 1] == '-' &&
	       parse_dec(path + from, count, &name->number) && name->number > 19900000;
}

static bool read_number(const char *path, size_t length, struct log_name *name)
{
	size_t from = digits_from(path, length), count = length - from;

	name->stem = from ? from - 1 : 0;
	return count && count <= 4 && from > 1 && path[from - 1] == '.' && path[from - 2] != '/' &&
	       parse_dec(path + from, count, &name->number);
}

/* "dmesg-efi-171234567801001", "dmesg-ramoops-0", "dmesg-erst-…", with ".enc.z" behind it or not. */
static bool read_part(const char *path, size_t length, struct log_name *name)
{
	const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
	const char *dash = has_prefix(file, "dmesg-") ? strchr(file + 6, '-') : NULL;
	size_t digits = dash ? strspn(dash + 1, DIGITS) : 0;

	if (!digits || (size_t)(dash + 1 + digits - path) != length)
		return false;
	name->stem = (size_t)(dash - path);
	return parse_dec(dash + 1, digits, &name->number);
}

struct log_name log_name_read(const char *path)
{
	struct log_name name = {.start = path};
	size_t length = without_packing(path);

	if (read_part(path, length, &name)) {
		name.kind = LOG_NAME_PART;
	} else if (read_date(path, length, &name)) {
		name.kind = LOG_NAME_DATED;
	} else if (read_number(path, length, &name)) {
		name.kind = LOG_NAME_NUMBERED;
	} else {
		name.kind = LOG_NAME_PLAIN;
		name.stem = length;
	}
	return name;
}

bool log_name_is_one_log(const struct log_name *one, const struct log_name *other)
{
	return one->stem == other->stem && !memcmp(one->start, other->start, one->stem) &&
	       (one->kind == LOG_NAME_PART) == (other->kind == LOG_NAME_PART) &&
	       strcmp(one->start, other->start) != 0 &&
	       !(one->kind == LOG_NAME_PLAIN && other->kind == LOG_NAME_PLAIN);
}

int log_name_compare(const struct log_name *left, const struct log_name *right)
{
	static const int ranks[] = {[LOG_NAME_DATED] = 0,
				    [LOG_NAME_NUMBERED] = 1,
				    [LOG_NAME_PART] = 2,
				    [LOG_NAME_PLAIN] = 3};
	bool falls = left->kind == LOG_NAME_NUMBERED;

	if (left->kind != right->kind)
		return ranks[left->kind] < ranks[right->kind] ? -1 : 1;
	if (left->number != right->number)
		return (left->number < right->number) != falls ? -1 : 1;
	return strcmp(left->start, right->start);
}

/* Seconds since the epoch that are one: of a clock that was set, and not of the far future. */
static bool is_time(uint64_t seconds)
{
	return seconds > 1000000000 && seconds < UINT32_MAX;
}

int64_t log_name_time(const struct log_name *name)
{
	const char *slash = strrchr(name->start, '/'), *file = slash ? slash + 1 : name->start;
	uint64_t seconds = 0;

	if (name->kind != LOG_NAME_PART)
		return 0;
	/* drivers/firmware/efi/efi-pstore.c: (time * 100 + part) * 1000 + count */
	if (has_prefix(file, "dmesg-efi"))
		seconds = name->number / 100000;
	/* drivers/acpi/apei/erst.c: cper_next_record_id() begins at the time << 32 */
	else if (has_prefix(file, "dmesg-erst"))
		seconds = name->number >> 32;
	return is_time(seconds) ? (int64_t)seconds : 0;
}
