/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log in memory: collects its lines, and frees them. */
#include "kernel/printk/log.h"

#include <string.h>

#include "base/array.h"

void log_fail(struct log_builder *builder, struct err *err)
{
	if (builder->err)
		err_free(err);
	else
		builder->err = err;
}

static bool grow(struct log_builder *builder)
{
	if (builder->count >= LOG_LINES_MAX) {
		log_fail(builder, err_new(ERR_LIMIT, "more than %u lines", LOG_LINES_MAX));
		return false;
	}
	if (!array_grow(builder->lines, builder->count)) {
		log_fail(builder, &err_nomem);
		return false;
	}
	return true;
}

static void add_line(struct log_builder *builder, const struct log_line *like, const char *text,
		     size_t length)
{
	struct log_line *line;

	if (!grow(builder))
		return;
	line = &builder->lines[builder->count++];
	*line = *like;
	line->text = (const char *)builder->text.length;
	line->length = length;
	str_append(&builder->text, text, length);
	str_append(&builder->text, "", 1);
}

void log_add(struct log_builder *builder, const struct log_line *like, const char *text,
	     size_t length)
{
	struct log_line line = *like;

	while (true) {
		const char *end = length ? memchr(text, '\n', length) : NULL;
		size_t taken = end ? (size_t)(end - text) : length;

		add_line(builder, &line, text, taken);
		if (!end || taken + 1 == length)
			return;
		text += taken + 1;
		length -= taken + 1;
		line.continued = true;
	}
}

void log_builder_set_wall(struct log_builder *builder, struct log_line *like, const char *text,
			  size_t length)
{
	const char *last = builder->wall.data ? builder->wall.data + builder->last_wall : "";

	like->wall = NULL;
	if (!length)
		return;
	/* Lines of one second share its text. */
	if (strlen(last) != length || memcmp(last, text, length) != 0) {
		builder->last_wall = builder->wall.length;
		str_append(&builder->wall, text, length);
		str_append(&builder->wall, "", 1);
	}
	like->wall = (const char *)(builder->last_wall + 1); /* an offset until log_finish() */
}

struct err *log_finish(struct log_builder *builder, const char *source, struct log **ret)
{
	struct log *log = calloc(1, sizeof(*log));

	if (!log || builder->text.failed || builder->wall.failed || builder->err == &err_nomem) {
		free(log);
		free(builder->lines);
		str_deinit(&builder->text);
		str_deinit(&builder->wall);
		str_deinit(&builder->host);
		err_free(builder->err);
		return &err_nomem;
	}
	*log = (struct log){
		.lines = builder->lines,
		.count = builder->count,
		.text = str_take(&builder->text),
		.source = source,
		.err = builder->err,
		.walls = builder->wall.length ? str_take(&builder->wall) : NULL,
		.host = builder->host.length ? str_take(&builder->host) : NULL,
		.skipped = builder->skipped,
		.cut = builder->cut,
		.stamped = builder->stamped,
	};
	*builder = (struct log_builder){0};
	for (size_t i = 0; i < log->count; i++) {
		struct log_line *line = &log->lines[i];

		line->text = log->text + (size_t)line->text;
		line->wall = line->wall ? log->walls + (size_t)line->wall - 1 : NULL;
	}
	*ret = log;
	return NULL;
}

void log_close(struct log *log)
{
	if (!log)
		return;
	free(log->lines);
	free(log->text);
	free(log->walls);
	free(log->host);
	free(log->marks);
	err_free(log->err);
	free(log);
}
