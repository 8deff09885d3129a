/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The object that the bad value lay in, drawn to scale; then where the value came from, as text. */
#include "daemon/html/html_parts.h"

#include <inttypes.h>

#include "daemon/html/html_escape.h"
#include "daemon/render/render_addresses.h"
#include "daemon/render/render_memory.h"

#define MAP_WIDTH 1000.0 /* of the picture, which is scaled to its place */
#define MARK_LEAST 4.0	 /* units wide, or a word of a big object could not be seen */
#define WORD_BYTES 8

struct map {
	struct str *out;
	uint64_t start, size;
};

static double scale(const struct map *map, uint64_t bytes)
{
	return MAP_WIDTH * (double)bytes / (double)map->size;
}

static void put_box(const struct map *map, const char *kind, uint64_t offset, uint64_t bytes)
{
	double width = MAX(scale(map, bytes), MARK_LEAST);
	double x = MIN(scale(map, offset), MAP_WIDTH - width);

	str_printf(map->out,
		   "<rect class=\"%s\" x=\"%.1f\" y=\"20\" width=\"%.1f\" height=\"40\"/>\n", kind,
		   x, width);
}

/* Words are drawn in the order of what must be seen: all that is shown, then the bad ones. */
static void put_words(const struct map *map, const json_t *words, bool bad)
{
	const json_t *word;
	uint64_t address;
	size_t i;

	json_array_foreach (words, i, word) {
		if (json_is_true(json_at(word, "bad")) != bad ||
		    !json_address_value(json_at(word, "address"), &address) ||
		    address < map->start || address - map->start >= map->size)
			continue;
		put_box(map, bad ? "bad" : "seen", address - map->start, WORD_BYTES);
	}
}

static void put_label(const struct map *map, const char *class, uint64_t offset)
{
	double x = scale(map, offset);

	str_printf(map->out,
		   "<text class=\"%s\" x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">+0x%" PRIx64
		   "</text>\n",
		   class, x, *class == 'b' ? 14 : 76,
		   x < MAP_WIDTH / 10	    ? "start"
		   : x > MAP_WIDTH * 9 / 10 ? "end"
					    : "middle",
		   offset);
}

static void put_picture(const struct map *map, const json_t *memory)
{
	uint64_t bad;

	str_puts(map->out, "<svg class=\"map\" role=\"img\" viewBox=\"0 0 1000 80\" "
			   "aria-label=\"The object, to scale, and the bad word in it\">\n");
	put_box(map, "object", 0, map->size);
	put_words(map, json_at(memory, "contents.words"), false);
	put_words(map, json_at(memory, "contents.words"), true);
	put_label(map, "edge", 0);
	put_label(map, "edge", map->size);
	if (json_address_value(json_at(memory, "contents.bad_at"), &bad) && bad >= map->start &&
	    bad - map->start < map->size)
		put_label(map, "bad", bad - map->start);
	str_puts(map->out, "</svg>\n");
}

/* Nothing where the object's bounds are not known. */
static void put_map(struct html_page *html, const json_t *memory)
{
	struct map map = {.out = html->page.out};
	json_int_t size = json_integer_at(memory, "contents.size");

	if (!json_address_value(json_at(memory, "contents.object"), &map.start) || size <= 0)
		return;
	map.size = (uint64_t)size;
	str_puts(map.out, "<figure>\n");
	put_picture(&map, memory);
	str_puts(map.out, "<figcaption>");
	html_escape_raw(map.out, json_string_at(memory, "holder.owner.text"));
	str_printf(map.out,
		   " (%" PRIu64 " bytes; dark: the words below, red: the bad one)"
		   "</figcaption>\n</figure>\n",
		   map.size);
}

void html_memory(struct html_page *html, const json_t *report, const char *about)
{
	_str_ struct str text = {0};

	render_other_addresses(report, &text);
	render_bad_value(report, &text);
	if (!text.length)
		return;
	html_section(html, "Memory", about);
	put_map(html, json_at(report, "memory"));
	html_lines(html, "Memory", text.data);
}
