/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a worker's standard error: bounded, escaped, line by line. */
#include "daemon/worker/worker_words.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

static void pass_line(struct worker_words *words)
{
	_str_ struct str text = {0};

	if (!words->line.length || !words->said)
		return;
	str_escape(&text, words->line.data, words->line.length);
	words->line.length = 0;
	if (text.data && !text.failed)
		words->said(words->context, text.data);
}

static void take_bytes(struct worker_words *words, const char *bytes, size_t length)
{
	size_t room = words->bytes < WORKER_WORDS_MAX ? WORKER_WORDS_MAX - words->bytes : 0;
	const char *end = bytes + MIN(length, room);

	words->bytes += length;
	while (bytes < end) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		const char *to = newline ? newline : end;

		str_append(&words->line, bytes, (size_t)(to - bytes));
		if (newline)
			pass_line(words);
		bytes = to + (newline != NULL);
	}
}

bool worker_words_read(struct worker_words *words, int fd)
{
	char buffer[4096];
	ssize_t got = read(fd, buffer, sizeof(buffer));

	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	if (got)
		take_bytes(words, buffer, (size_t)got);
	else
		pass_line(words);
	return got > 0;
}

void worker_words_deinit(struct worker_words *words)
{
	str_deinit(&words->line);
}
