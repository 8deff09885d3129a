/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Logs with the newest line first, as `journalctl -r` and web pages over journals have them. Their times
 * run back, and so do their traces: frames stand above "Call Trace:". Both have to be so, for a clock
 * that was set, or the log of a second boot, makes times run back too.
 */
#include "kernel/printk/log_turn.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/cleanup.h"
#include "kernel/printk/log_begin.h"

#define FORWARD_MAX 64 /* steps that tell enough */

struct steps {
	size_t back, forward;
};

/* A date of the same form sorts as its text does, but for the names of months. */
static void count_walls(const struct log *log, struct steps *steps)
{
	for (size_t i = 1; i < log->wall_count && steps->forward < FORWARD_MAX; i++) {
		uint32_t before = log->wall_list[i - 1].wall, now = log->wall_list[i].wall;
		int order =
			before && now ? strcmp(log->walls + before - 1, log->walls + now - 1) : 0;

		steps->back += order > 0;
		steps->forward += order < 0;
	}
}

static void count_times(const struct log *log, struct steps *steps)
{
	for (size_t i = 1; i < log->count && steps->forward < FORWARD_MAX; i++) {
		const struct log_line *before = &log->lines[i - 1], *now = &log->lines[i];

		if (!before->has_time || !now->has_time)
			continue;
		steps->back += now->time_us < before->time_us;
		steps->forward += now->time_us > before->time_us;
	}
}

static bool is_frame(const struct log *log, size_t line)
{
	const char *text = line < log->count ? log->lines[line].text : "";

	return log_is_frame(text, strlen(text)) || strstr(text, "<TASK>") || strstr(text, "<IRQ>");
}

static void count_traces(const struct log *log, struct steps *steps)
{
	for (size_t i = 1; i < log->count && steps->forward < FORWARD_MAX; i++) {
		const char *text = log->lines[i].text;

		if (text[0] != 'C' || (strncmp(text, "Call Trace:", 11) != 0 &&
				       strncmp(text, "Call trace:", 11) != 0))
			continue;
		steps->back += is_frame(log, i - 1) && !is_frame(log, i + 1);
		steps->forward += is_frame(log, i + 1);
	}
}

static bool runs_back(const struct log *log)
{
	struct steps times = {0}, traces = {0};

	count_times(log, &times);
	count_walls(log, &times);
	if (!times.back || times.back < times.forward * 16)
		return false;
	count_traces(log, &traces);
	return traces.back > traces.forward;
}

static void swap(struct log *log, uint32_t *walls, size_t from, size_t end)
{
	while (from + 1 < end) {
		struct log_line line = log->lines[from];
		uint32_t wall = walls[from];

		end--;
		log->lines[from] = log->lines[end];
		walls[from] = walls[end];
		log->lines[end] = line;
		walls[end] = wall;
		from++;
	}
}

/* Lines of one record keep their order. */
static void turn_lines(struct log *log, uint32_t *walls)
{
	size_t from = 0;

	swap(log, walls, 0, log->count);
	for (size_t i = 0; i < log->count; i++) {
		if (log->lines[i].continued)
			continue;
		swap(log, walls, from, i + 1);
		from = i + 1;
	}
}

static void spread_walls(const struct log *log, uint32_t *walls)
{
	uint32_t wall = 0;

	for (size_t i = 0, next = 0; i < log->count; i++) {
		if (next < log->wall_count && log->wall_list[next].line == i)
			wall = log->wall_list[next++].wall;
		walls[i] = wall;
	}
}

/* No longer than before: the changes are the same ones, but for records that kept their order. */
static struct err *gather_walls(struct log *log, const uint32_t *walls)
{
	uint32_t last = 0;

	log->wall_count = 0;
	for (size_t i = 0; i < log->count; i++) {
		log->lines[i].new_wall = walls[i] != last;
		last = walls[i];
		if (!log->lines[i].new_wall)
			continue;
		if (!array_grow(log->wall_list, log->wall_count))
			return &err_nomem;
		log->wall_list[log->wall_count++] = (struct log_wall){(uint32_t)i, walls[i]};
	}
	return NULL;
}

struct err *log_turn(struct log *log)
{
	if (!runs_back(log))
		return NULL;
	_free_ uint32_t *walls = calloc(log->count, sizeof(*walls));

	if (!walls)
		return &err_nomem;
	spread_walls(log, walls);
	turn_lines(log, walls);
	return gather_walls(log, walls);
}
