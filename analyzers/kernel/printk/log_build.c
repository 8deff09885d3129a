/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/printk/log_build.h"

#include <string.h>

void log_fail(struct log_builder *builder, struct err *err)
{
	if (builder->err)
		err_free(err);
	else
		builder->err = err;
}

static bool grow(struct log_builder *builder)
{
	size_t capacity = builder->capacity ? builder->capacity * 2 : 1024;
	struct log_line *lines;

	if (builder->count < builder->capacity)
		return true;
	if (builder->count >= LOG_LINES_MAX) {
		log_fail(builder, err_new(ERR_LIMIT, "more than %u lines", LOG_LINES_MAX));
		return false;
	}
	lines = reallocarray(builder->lines, capacity, sizeof(*lines));
	if (!lines) {
		log_fail(builder, &err_nomem);
		return false;
	}
	builder->lines = lines;
	builder->capacity = capacity;
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

struct err *log_finish(struct log_builder *builder, const char *source, struct log **ret)
{
	struct log *log = calloc(1, sizeof(*log));

	if (!log || builder->text.failed || builder->err == &err_nomem) {
		free(log);
		free(builder->lines);
		str_deinit(&builder->text);
		err_free(builder->err);
		return &err_nomem;
	}
	*log = (struct log){
		.lines = builder->lines,
		.count = builder->count,
		.text = str_take(&builder->text),
		.source = source,
		.err = builder->err,
	};
	*builder = (struct log_builder){0};
	for (size_t i = 0; i < log->count; i++)
		log->lines[i].text = log->text + (size_t)log->lines[i].text;
	*ret = log;
	return NULL;
}

void log_close(struct log *log)
{
	if (!log)
		return;
	free(log->lines);
	free(log->text);
	err_free(log->err);
	free(log);
}
