/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_FRAMES
#define TRIAGE_DAEMON_RENDER_RENDER_FRAMES

#include "daemon/render/page.h"
#include "json.h"

/*
 * How often the frames from at on repeat themselves: 1 for not at all, else the number of times that
 * the same *period functions, REPEAT_PERIOD_MAX at most, stand there one after the other.
 */
#define REPEAT_PERIOD_MAX 4
#define REPEATS_FOLDED 3 /* that many times and more are one line */
size_t render_repeats(const json_t *frames, size_t at, size_t *period);
/* "37 times f+0x12, g+0x34": what stands for them. */
void render_repeat(struct str *out, const json_t *frames, size_t at, size_t period, size_t times);
/* A stack, a numbered frame a line behind indent, at most so many lines; recursion is folded. */
void render_frames(const struct page *page, const json_t *frames, const char *indent, size_t max);

#endif
