/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The addresses of a crash, where its bad value came from, and the words around it. */
#include "daemon/render/render_memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "daemon/render/render_addresses.h"
#include "daemon/render/render_json.h"
#include "daemon/render/section.h"

/* --- the bad value ---------------------------------------------------------------------------- */

static void put_evidence(struct str *out, const json_t *claim)
{
	if (!json_string_at(claim, "evidence"))
		return;
	render_put(out, "  [", json_string_at(claim, "evidence"));
	str_puts(out, "]");
}

static void put_provenance(struct str *out, const json_t *steps)
{
	const json_t *step;
	size_t i;

	if (!json_array_size(steps))
		return;
	render_title(out, "Where the bad value came from");
	json_array_foreach (steps, i, step) {
		str_printf(out, "  %zu. ", i + 1);
		render_put(out, "", json_string_at(step, "text"));
		put_evidence(out, step);
		str_puts(out, "\n");
	}
}

/* Who allocated or freed it last, where the kernel kept track. */
static void put_use(struct str *out, const char *what, const json_t *track)
{
	if (!json_string_at(track, "symbol"))
		return;
	str_printf(out, "  %s by ", what);
	render_put(out, "", json_string_at(track, "symbol"));
	if (json_is_integer(json_at(track, "pid")))
		str_printf(out, ", pid %lld", json_integer_at(track, "pid"));
	if (json_is_integer(json_at(track, "cpu")))
		str_printf(out, " on CPU %lld", json_integer_at(track, "cpu"));
	str_puts(out, "\n");
}

static void put_holder(struct str *out, const json_t *memory)
{
	const json_t *holder = json_at(memory, "holder"), *object = json_at(memory, "object");

	if (!json_string_at(holder, "address"))
		return;
	render_title(out, "What holds it");
	render_put(out, "  ", json_string_at(holder, "address"));
	if (json_string_at(holder, "member")) {
		render_put(out, "  ", json_string_at(holder, "type"));
		render_put(out, json_string_at(holder, "type") ? "." : "  ",
			   json_string_at(holder, "member"));
	}
	render_put(out, "  ", json_string_at(holder, "owner.text"));
	str_puts(out, "\n");
	put_use(out, "allocated", json_at(holder, "owner.allocated_by"));
	put_use(out, "freed", json_at(holder, "owner.freed_by"));
	if (!json_string_at(object, "text"))
		return;
	render_put(out, "  ", json_string_at(object, "text"));
	put_evidence(out, object);
	str_puts(out, "\n");
}

/* --- its neighbourhood ------------------------------------------------------------------------ */

/* What slab debugging fills free and new objects with (include/linux/poison.h): no text, if letters. */
static bool is_poison(uint64_t value)
{
	uint64_t low = value & 0x00ffffffffffffffull; /* the last byte of an object is another */

	return low == 0x006b6b6b6b6b6b6bull || low == 0x005a5a5a5a5a5a5aull;
}

/* Eight columns. */
static void put_ascii(struct str *out, uint64_t value)
{
	if (is_poison(value)) {
		str_puts(out, "(poison)");
		return;
	}
	for (unsigned i = 0; i < 8; i++) {
		int c = (int)(value >> 8 * i & 0xff);

		str_printf(out, "%c", isascii(c) && isprint(c) ? c : '.');
	}
}

/* Two words without a name, or in one array. */
static bool same_member(const char *a, const char *b)
{
	size_t length = a ? strcspn(a, "[") : 0;

	return (!a && !b) || (a && b && a[length] && !strncmp(a, b, length + 1));
}

/* A word that only repeats the one before says nothing new. */
static bool repeats(const json_t *word, const json_t *before)
{
	const char *value = json_string_at(word, "value"), *last = json_string_at(before, "value");

	return value && last && !strcmp(value, last) && !json_is_true(json_at(word, "bad")) &&
	       !json_is_true(json_at(before, "bad")) &&
	       same_member(json_string_at(before, "member"), json_string_at(word, "member"));
}

static void put_word(struct str *out, const json_t *contents, const json_t *word)
{
	uint64_t address, value, object;
	bool bad = json_is_true(json_at(word, "bad"));

	if (!json_address_value(json_at(word, "address"), &address) ||
	    !json_address_value(json_at(word, "value"), &value))
		return;
	str_puts(out, bad ? "> " : "  ");
	if (json_address_value(json_at(contents, "object"), &object) && address >= object)
		str_printf(out, "+0x%-5" PRIx64, address - object);
	else
		str_printf(out, "%016" PRIx64 " ", address);
	str_printf(out, " %016" PRIx64 "  ", value);
	put_ascii(out, value);
	render_put(out, "  ", json_string_at(word, "member"));
	render_put(out, "  -> ", json_string_at(word, "points_to"));
	str_puts(out, "\n");
}

/* Memory between two places that is not shown: the object's rest, or words the dump lacks. */
static void put_gap(struct str *out, uint64_t shown_to, uint64_t next)
{
	if (next > shown_to)
		str_printf(out, "  …       %" PRIu64 " bytes\n", next - shown_to);
}

static void put_words(struct str *out, const json_t *contents, uint64_t *shown_to)
{
	const json_t *words = json_at(contents, "words"), *word, *before = NULL;
	size_t i, skipped = 0;
	uint64_t address;

	json_array_foreach (words, i, word) {
		if (!json_address_value(json_at(word, "address"), &address))
			continue;
		bool gap = *shown_to && address > *shown_to, same = !gap && repeats(word, before);

		skipped += same;
		if (skipped && (!same || i + 1 == json_array_size(words))) {
			str_printf(out, "  *       and %zu more like it\n", skipped);
			skipped = 0;
		}
		if (gap)
			put_gap(out, *shown_to, address);
		if (!same)
			put_word(out, contents, word);
		before = word;
		*shown_to = address + 8;
	}
}

static void put_contents(struct str *out, const json_t *contents)
{
	uint64_t object = 0, shown_to;
	json_int_t size = json_integer_at(contents, "size");

	if (!json_array_size(json_at(contents, "words")))
		return;
	render_title(out, "The words around it");
	json_address_value(json_at(contents, "object"), &object);
	shown_to = object;
	put_words(out, contents, &shown_to);
	if (object && size > 0 && shown_to > object)
		put_gap(out, shown_to, object + (uint64_t)size);
}

static void put_copies(struct str *out, const char *title, const json_t *copies)
{
	const json_t *group;
	size_t i;

	if (!json_is_integer(json_at(copies, "total")))
		return;
	render_title(out, title);
	str_printf(out, "  %lld found", json_integer_at(copies, "total"));
	render_put(out, " in ", json_string_at(copies, "searched"));
	str_puts(out, "\n");
	json_array_foreach (json_at(copies, "groups"), i, group) {
		str_printf(out, "  %5lld  ", json_integer_at(group, "count"));
		render_put(out, "", json_string_at(group, "owner"));
		str_puts(out, "\n");
	}
}

/* --- what else speaks for a cause ------------------------------------------------------------- */

static void put_freelists(struct str *out, const json_t *lists)
{
	const json_t *list;
	size_t i;

	if (json_array_size(lists))
		render_title(out, "Broken free lists");
	json_array_foreach (lists, i, list) {
		render_put(out, "  ", json_string_at(list, "cache"));
		render_put(out, " object ", json_string_at(list, "object"));
		render_put(out, ": ", json_string_at(list, "why"));
		render_put(out, "; stored ", json_string_at(list, "raw"));
		render_put(out, ", meaning ", json_string_at(list, "decoded"));
		put_evidence(out, list);
		render_put(out, "\n    in front of it: ", json_string_at(list, "before.text"));
		str_puts(out, "\n");
	}
}

/* "allocated by f+0x1c/0x80 age=0 cpu=1 pid=104", as the log has it */
static void put_track(struct str *out, const char *before, const char *track)
{
	if (!track)
		return;
	render_put(out, before, track);
	str_puts(out, "\n");
}

static void put_slab_reports(struct str *out, const json_t *reports)
{
	const json_t *report;
	size_t i;

	if (json_array_size(reports))
		render_title(out, "What slab debugging reported");
	json_array_foreach (reports, i, report) {
		render_put(out, "  ", json_string_at(report, "cache"));
		render_put(out, " object ", json_string_at(report, "object"));
		render_put(out, ": ", json_string_at(report, "problem"));
		put_evidence(out, report);
		str_puts(out, "\n");
		if (json_string_at(report, "bytes")) {
			render_put(out, "    ", json_string_at(report, "bytes"));
			render_put(out, " at ", json_string_at(report, "from"));
			render_put(out, ", read from ", json_string_at(report, "source"));
			str_puts(out, "\n");
		}
		put_track(out, "    allocated by ", json_string_at(report, "allocated_by"));
		put_track(out, "    freed by ", json_string_at(report, "freed_by"));
	}
}

static void put_double_free(struct str *out, const json_t *freed)
{
	if (!json_string_at(freed, "object"))
		return;
	render_title(out, "Freed twice");
	render_put(out, "  ", json_string_at(freed, "owner.text"));
	put_evidence(out, freed);
	if (json_string_at(freed, "freed_by.symbol")) {
		str_puts(out, "\n    the second time by ");
		render_place(out, json_at(freed, "freed_by"));
	}
	str_puts(out, "\n");
}

static void put_code(struct str *out, const json_t *texts)
{
	const json_t *text;
	size_t i;

	if (json_array_size(texts))
		render_title(out, "Code");
	json_array_foreach (texts, i, text) {
		str_puts(out, "  ");
		render_place(out, text);
		render_put(out, ", compared with the ", json_string_at(text, "against"));
		render_put(out, ": ", json_string_at(text, "class"));
		put_evidence(out, text);
		str_puts(out, "\n");
	}
}

static void put_hypotheses(struct str *out, const json_t *hypotheses)
{
	const json_t *hypothesis;
	size_t i;

	if (json_array_size(hypotheses))
		render_title(out, "What it may be");
	json_array_foreach (hypotheses, i, hypothesis) {
		str_printf(out, "  %3.0f %%",
			   100 * json_number_value(json_at(hypothesis, "confidence")));
		render_put(out, "  ", json_string_at(hypothesis, "text"));
		str_puts(out, "\n");
	}
}

void render_bad_value(const json_t *report, struct str *out)
{
	const json_t *memory = json_at(report, "memory");

	put_provenance(out, json_at(memory, "provenance"));
	put_holder(out, memory);
	put_contents(out, json_at(memory, "contents"));
	put_copies(out, "Where else it stands", json_at(memory, "copies"));
	put_copies(out, "Who leads to the object", json_at(memory, "links"));
	put_freelists(out, json_at(memory, "freelists"));
	put_double_free(out, json_at(memory, "double_free"));
	put_slab_reports(out, json_at(memory, "slab_reports"));
	put_code(out, json_at(memory, "text"));
	put_hypotheses(out, json_at(memory, "hypotheses"));
}

void render_memory(const json_t *report, struct str *out)
{
	render_addresses(report, out);
	render_bad_value(report, out);
}

const struct section memory_section = {
	.name = "memory",
	.summary = "what registers and other addresses are, where the bad value came from",
	.nothing = "the crash shows no address to look at",
	.render = render_memory};
