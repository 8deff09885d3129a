/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text to lines of a log: as it comes and as a file in pieces, and each line of it on its own. */
#include <string.h>

#include "kernel/printk/dmesg.h"
#include "kernel/printk/log_clean.h"
#include "kernel/printk/log_prefix.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

/* A line without a terminator behind it: what is read beyond it, ASan sees. */
static void one_line(const char *text, size_t length)
{
	_str_ struct str buffer = {0};
	char *line = malloc(length + 1);
	struct log_prefix prefix;
	size_t clean;

	memcpy(line, text, length);
	const char *at = log_line_clean(line, length, &buffer, &clean);

	check(log_prefix_read(at, clean, &prefix) <= clean);
	check(prefix.level >= -1 && prefix.level <= 7);
	check(!prefix.wall.length ||
	      (prefix.wall.at >= at && prefix.wall.at + prefix.wall.length <= at + clean));
	check(!prefix.host.length ||
	      (prefix.host.at >= at && prefix.host.at + prefix.host.length <= at + clean));
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_log_close) struct log *log = NULL;
	const char *text = (const char *)data;

	check(err_ok(dmesg_parse(text, size, &log)));
	for (size_t i = 0; i < log->count; i++)
		check(strlen(log->lines[i].text) <= 2 * size); /* UTF-16 grows */
	for (size_t at = 0; at < size;) {
		const char *end = memchr(text + at, '\n', size - at);
		size_t length = end ? (size_t)(end - text) - at : size - at;

		one_line(text + at, length);
		at += length + 1;
	}
	return 0;
}
