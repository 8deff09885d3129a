/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frames of a stack; what recursion repeats is folded. */
#include "daemon/render/render_frames.h"

#include <stdio.h>
#include <string.h>

#include "daemon/render/render_json.h"

static bool same_text(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

static bool same_function(const json_t *a, const json_t *b)
{
	const char *symbol = json_string_at(a, "symbol");

	return symbol && same_text(symbol, json_string_at(b, "symbol")) &&
	       same_text(json_string_at(a, "module"), json_string_at(b, "module"));
}

static bool same_run(const json_t *frames, size_t a, size_t b, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!same_function(json_array_get(frames, a + i), json_array_get(frames, b + i)))
			return false;
	return true;
}

size_t render_repeats(const json_t *frames, size_t at, size_t *period)
{
	size_t count = json_array_size(frames);

	for (size_t length = 1; length <= REPEAT_PERIOD_MAX; length++) {
		size_t times = 1;

		while (at + (times + 1) * length <= count &&
		       same_run(frames, at, at + times * length, length))
			times++;
		if (times >= REPEATS_FOLDED) {
			*period = length;
			return times;
		}
	}
	*period = 1;
	return 1;
}

void render_repeat(struct str *out, const json_t *frames, size_t at, size_t period, size_t times)
{
	str_printf(out, "%zu times ", times);
	for (size_t i = 0; i < period; i++) {
		str_puts(out, i ? ", " : "");
		render_frame(out, json_array_get(frames, at + i));
	}
}

void render_frames(const struct page *page, const json_t *frames, const char *indent, size_t max)
{
	size_t count = json_array_size(frames), period, times;
	char first[32], rest[32];

	snprintf(rest, sizeof(rest), "%s     ", indent);
	for (size_t at = 0, lines = 0; at < count; at += times * period, lines++) {
		_str_ struct str text = {0};

		if (lines == max) {
			str_printf(&text, "… %zu more", count - at);
			page_note(page, indent, text.data ? text.data : "…");
			return;
		}
		times = render_repeats(frames, at, &period);
		if (times > 1)
			render_repeat(&text, frames, at, period, times);
		else
			render_frame(&text, json_array_get(frames, at));
		snprintf(first, sizeof(first), times > 1 ? "%s...  " : "%s#%-3zu ", indent, at);
		page_paragraph(page, first, rest, text.data ? text.data : "?");
	}
}
