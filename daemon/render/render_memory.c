/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/render/render_memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "daemon/render/render_addresses.h"
#include "daemon/render/render_json.h"

/* --- the bad value ---------------------------------------------------------------------------- */

static void put_evidence(struct str *out, const json_t *claim)
{
	if (!text_of(claim, "evidence"))
		return;
	put(out, "  [", text_of(claim, "evidence"));
	str_puts(out, "]");
}

static void put_provenance(struct str *out, const json_t *steps)
{
	const json_t *step;
	size_t i;

	if (!json_array_size(steps))
		return;
	title(out, "Where the bad value came from");
	json_array_foreach(steps, i, step)
	{
		str_printf(out, "  %zu. ", i + 1);
		put(out, "", text_of(step, "text"));
		put_evidence(out, step);
		str_puts(out, "\n");
	}
}

/* Who allocated or freed it last, where the kernel kept track. */
static void put_use(struct str *out, const char *what, const json_t *track)
{
	if (!text_of(track, "symbol"))
		return;
	str_printf(out, "  %s by ", what);
	put(out, "", text_of(track, "symbol"));
	if (json_is_integer(get(track, "pid")))
		str_printf(out, ", pid %lld", json_integer_value(get(track, "pid")));
	if (json_is_integer(get(track, "cpu")))
		str_printf(out, " on CPU %lld", json_integer_value(get(track, "cpu")));
	str_puts(out, "\n");
}

static void put_holder(struct str *out, const json_t *memory)
{
	const json_t *holder = get(memory, "holder"), *object = get(memory, "object");

	if (!text_of(holder, "address"))
		return;
	title(out, "What holds it");
	put(out, "  ", text_of(holder, "address"));
	if (text_of(holder, "member")) {
		put(out, "  ", text_of(holder, "type"));
		put(out, text_of(holder, "type") ? "." : "  ", text_of(holder, "member"));
	}
	put(out, "  ", text_of(get(holder, "owner"), "text"));
	str_puts(out, "\n");
	put_use(out, "allocated", get(get(holder, "owner"), "allocated_by"));
	put_use(out, "freed", get(get(holder, "owner"), "freed_by"));
	if (!text_of(object, "text"))
		return;
	put(out, "  ", text_of(object, "text"));
	put_evidence(out, object);
	str_puts(out, "\n");
}

/* --- its neighbourhood ------------------------------------------------------------------------ */

static void put_ascii(struct str *out, uint64_t value)
{
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
	const char *value = text_of(word, "value"), *last = text_of(before, "value");

	return value && last && !strcmp(value, last) && !json_is_true(get(word, "bad")) &&
	       !json_is_true(get(before, "bad")) &&
	       same_member(text_of(before, "member"), text_of(word, "member"));
}

static void put_word(struct str *out, const json_t *contents, const json_t *word)
{
	uint64_t address, value, object;
	bool bad = json_is_true(get(word, "bad"));

	if (!json_address_value(get(word, "address"), &address) ||
	    !json_address_value(get(word, "value"), &value))
		return;
	str_puts(out, bad ? "> " : "  ");
	if (json_address_value(get(contents, "object"), &object) && address >= object)
		str_printf(out, "+0x%-5" PRIx64, address - object);
	else
		str_printf(out, "%016" PRIx64 " ", address);
	str_printf(out, " %016" PRIx64 "  ", value);
	put_ascii(out, value);
	put(out, "  ", text_of(word, "member"));
	put(out, "  -> ", text_of(word, "points_to"));
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
	const json_t *words = get(contents, "words"), *word, *before = NULL;
	size_t i, skipped = 0;
	uint64_t address;

	json_array_foreach(words, i, word)
	{
		if (!json_address_value(get(word, "address"), &address))
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
	json_int_t size = json_integer_value(get(contents, "size"));

	if (!json_array_size(get(contents, "words")))
		return;
	title(out, "The words around it");
	json_address_value(get(contents, "object"), &object);
	shown_to = object;
	put_words(out, contents, &shown_to);
	if (object && size > 0 && shown_to > object)
		put_gap(out, shown_to, object + (uint64_t)size);
}

static void put_copies(struct str *out, const json_t *copies)
{
	const json_t *group;
	size_t i;

	if (!json_is_integer(get(copies, "total")))
		return;
	title(out, "Where else it stands");
	str_printf(out, "  %lld found", json_integer_value(get(copies, "total")));
	put(out, " in ", text_of(copies, "searched"));
	str_puts(out, "\n");
	json_array_foreach(get(copies, "groups"), i, group)
	{
		str_printf(out, "  %5lld  ", json_integer_value(get(group, "count")));
		put(out, "", text_of(group, "owner"));
		str_puts(out, "\n");
	}
}

/* --- what else speaks for a cause ------------------------------------------------------------- */

static void put_freelists(struct str *out, const json_t *lists)
{
	const json_t *list;
	size_t i;

	if (json_array_size(lists))
		title(out, "Broken free lists");
	json_array_foreach(lists, i, list)
	{
		put(out, "  ", text_of(list, "cache"));
		put(out, " object ", text_of(list, "object"));
		put(out, ": ", text_of(list, "why"));
		put(out, "; stored ", text_of(list, "raw"));
		put(out, ", meaning ", text_of(list, "decoded"));
		put_evidence(out, list);
		put(out, "\n    in front of it: ", text_of(get(list, "before"), "text"));
		str_puts(out, "\n");
	}
}

/* "allocated by f+0x1c/0x80 age=0 cpu=1 pid=104", as the log has it */
static void put_track(struct str *out, const char *before, const char *track)
{
	if (!track)
		return;
	put(out, before, track);
	str_puts(out, "\n");
}

static void put_slab_reports(struct str *out, const json_t *reports)
{
	const json_t *report;
	size_t i;

	if (json_array_size(reports))
		title(out, "What slab debugging reported");
	json_array_foreach(reports, i, report)
	{
		put(out, "  ", text_of(report, "cache"));
		put(out, " object ", text_of(report, "object"));
		put(out, ": ", text_of(report, "problem"));
		put_evidence(out, report);
		str_puts(out, "\n");
		if (text_of(report, "bytes")) {
			put(out, "    ", text_of(report, "bytes"));
			put(out, " at ", text_of(report, "from"));
			put(out, ", read from ", text_of(report, "source"));
			str_puts(out, "\n");
		}
		put_track(out, "    allocated by ", text_of(report, "allocated_by"));
		put_track(out, "    freed by ", text_of(report, "freed_by"));
	}
}

static void put_double_free(struct str *out, const json_t *freed)
{
	const json_t *by = get(freed, "freed_by");

	if (!text_of(freed, "object"))
		return;
	title(out, "Freed twice");
	put(out, "  ", text_of(get(freed, "owner"), "text"));
	put_evidence(out, freed);
	put(out, "\n    the second time by ", text_of(by, "symbol"));
	if (text_of(by, "symbol") && json_is_integer(get(by, "offset")))
		str_printf(out, "+0x%llx", json_integer_value(get(by, "offset")));
	put(out, " in ", text_of(by, "module"));
	str_puts(out, "\n");
}

static void put_code(struct str *out, const json_t *texts)
{
	const json_t *text;
	size_t i;

	if (json_array_size(texts))
		title(out, "Code");
	json_array_foreach(texts, i, text)
	{
		put(out, "  ", text_of(text, "symbol"));
		put(out, " in ", text_of(text, "module"));
		put(out, ", compared with the ", text_of(text, "against"));
		put(out, ": ", text_of(text, "class"));
		put_evidence(out, text);
		str_puts(out, "\n");
	}
}

static void put_hypotheses(struct str *out, const json_t *hypotheses)
{
	const json_t *hypothesis;
	size_t i;

	if (json_array_size(hypotheses))
		title(out, "What it may be");
	json_array_foreach(hypotheses, i, hypothesis)
	{
		str_printf(out, "  %3.0f %%",
			   100 * json_number_value(get(hypothesis, "confidence")));
		put(out, "  ", text_of(hypothesis, "text"));
		str_puts(out, "\n");
	}
}

void render_memory(const json_t *report, struct str *out)
{
	const json_t *memory = get(report, "memory");

	render_addresses(report, out);
	put_provenance(out, get(memory, "provenance"));
	put_holder(out, memory);
	put_contents(out, get(memory, "contents"));
	put_copies(out, get(memory, "copies"));
	put_freelists(out, get(memory, "freelists"));
	put_double_free(out, get(memory, "double_free"));
	put_slab_reports(out, get(memory, "slab_reports"));
	put_code(out, get(memory, "text"));
	put_hypotheses(out, get(memory, "hypotheses"));
}
