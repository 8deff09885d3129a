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

#define TIME_MAX ((UINT64_C(1) << 50) - 1)
#define ALL_MARKS 127

static bool grow(struct log_builder *builder)
{
	size_t max = MIN((size_t)LOG_LINES_MAX, LOG_LINES_FREE + builder->text.length / 64);

	if (builder->count >= max) {
		log_fail(builder, err_new(ERR_LIMIT, "more than %zu lines", max));
		return false;
	}
	if (!array_grow(builder->lines, builder->count)) {
		log_fail(builder, &err_nomem);
		return false;
	}
	return true;
}

/* False when it is that of the line before. */
static bool add_wall(struct log_builder *builder, uint32_t wall)
{
	uint32_t last = builder->wall_count ? builder->walls[builder->wall_count - 1].wall : 0;

	if (wall == last)
		return false;
	if (!array_grow(builder->walls, builder->wall_count)) {
		log_fail(builder, &err_nomem);
		return false;
	}
	builder->walls[builder->wall_count++] = (struct log_wall){(uint32_t)builder->count, wall};
	return true;
}

static void add_line(struct log_builder *builder, const struct log_stamp *like, const char *text,
		     size_t length)
{
	if (!grow(builder))
		return;
	bool new_wall = add_wall(builder, (uint32_t)like->wall);

	builder->lines[builder->count++] = (struct log_line){
		.text = (const char *)builder->text.length,
		.time_us = MIN(like->time_us, TIME_MAX),
		.has_time = like->has_time,
		.continued = like->continued,
		.new_wall = new_wall,
		.level = like->level,
		.marks = ALL_MARKS,
		.caller = like->caller,
	};
	str_append(&builder->text, text, length);
	str_append(&builder->text, "", 1);
}

void log_add(struct log_builder *builder, const struct log_stamp *like, const char *text,
	     size_t length)
{
	struct log_stamp line = *like;

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

void log_builder_set_wall(struct log_builder *builder, struct log_stamp *like, const char *text,
			  size_t length)
{
	const char *last = builder->wall.data ? builder->wall.data + builder->last_wall : "";

	like->wall = 0;
	if (!length)
		return;
	/* Lines of one second share its text. */
	if (strlen(last) != length || memcmp(last, text, length) != 0) {
		builder->last_wall = builder->wall.length;
		str_append(&builder->wall, text, length);
		str_append(&builder->wall, "", 1);
	}
	like->wall = builder->last_wall + 1;
}

struct err *log_finish(struct log_builder *builder, const char *source, struct log **ret)
{
	struct log *log = calloc(1, sizeof(*log));

	if (!log || builder->text.failed || builder->wall.failed || builder->err == &err_nomem) {
		free(log);
		free(builder->lines);
		free(builder->walls);
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
		.wall_list = builder->walls,
		.wall_count = builder->wall_count,
		.host = builder->host.length ? str_take(&builder->host) : NULL,
		.skipped = builder->skipped,
		.cut = builder->cut,
		.stamped = builder->stamped,
	};
	*builder = (struct log_builder){0};
	for (size_t i = 0; i < log->count; i++)
		log->lines[i].text = log->text + (size_t)log->lines[i].text;
	*ret = log;
	return NULL;
}

const char *log_wall(const struct log *log, size_t line)
{
	size_t next = array_first(log->wall_count, i, log->wall_list[i].line > line);
	uint32_t wall = next ? log->wall_list[next - 1].wall : 0;

	return wall ? log->walls + wall - 1 : NULL;
}

void log_close(struct log *log)
{
	if (!log)
		return;
	free(log->lines);
	free(log->text);
	free(log->walls);
	free(log->host);
	free(log->wall_list);
	err_free(log->err);
	free(log);
}
