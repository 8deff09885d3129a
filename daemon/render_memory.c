/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/render_memory.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "value.h"

#define LOOK_SURE 0.8  /* of what any register may hold; the bad value's looks are all shown */

static const json_t *get(const json_t *object, const char *key)
{
	return json_object_get(object, key);
}

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(get(object, key));
}

static void put(struct str *out, const char *before, const char *text)
{
	if (!text || !*text)
		return;
	str_puts(out, before);
	str_escape(out, text, strlen(text));
}

/* A part begins with its title, when it has anything to say. */
static void title(struct str *out, const char *text)
{
	str_printf(out, "%s%s\n", out->length ? "\n" : "", text);
}

/* --- registers -------------------------------------------------------------------------------- */

static const json_t *pointer_at(const json_t *memory, const char *where)
{
	const json_t *pointer;
	size_t i;

	json_array_foreach(get(memory, "pointers"), i, pointer)
	{
		const char *name = text_of(pointer, "where");

		if (name && !strcmp(name, where))
			return pointer;
	}
	return NULL;
}

/* What a value says by itself; "" for none. */
static void put_value_kind(struct str *out, uint64_t value)
{
	struct value_look looks[VALUE_LOOKS_MAX];

	if (!value)
		str_puts(out, "NULL");
	else if (value >= -4095ull)
		str_printf(out, "%" PRId64 ", %s", (int64_t)value,
			   strerrorname_np((int)-value) ? strerrorname_np((int)-value) : "no errno");
	else if (value <= UINT32_MAX)
		str_printf(out, "%" PRIu64, value);
	else if (value_looks(value, looks) && looks[0].confidence >= LOOK_SURE)
		put(out, "", looks[0].text);
	else if (value >> 47 == 0)
		str_puts(out, "user address");
}

static void put_place(struct str *out, const json_t *place)
{
	put(out, "", text_of(place, "symbol"));
	if (json_is_integer(get(place, "offset")))
		str_printf(out, "+0x%llx", json_integer_value(get(place, "offset")));
	put(out, " in ", text_of(place, "module"));
}

/* A small address is an offset from NULL, whoever could map it. */
static void put_target(struct str *out, uint64_t value, const json_t *pointer)
{
	if (value && value < 4096)
		str_printf(out, "  NULL + 0x%" PRIx64, value);
	else
		put(out, "  ", text_of(get(pointer, "owner"), "text"));
}

static void put_register(struct str *out, const json_t *report, const char *name,
			 const json_t *value)
{
	const json_t *pointer = pointer_at(get(report, "memory"), name);
	uint64_t number;

	if (!json_address_value(value, &number))
		return;
	_str_ struct str what = {0};
	if (!strcmp(name, "rip"))
		put_place(&what, get(get(report, "crash"), "rip"));
	else if (pointer)
		put(&what, "", text_of(get(pointer, "owner"), "text"));
	else
		put_value_kind(&what, number);
	str_printf(out, "  %-4.8s %016" PRIx64 "%s%s\n", name, number, what.length ? "  " : "",
		   what.length ? what.data : "");
}

static bool is_address(const char *name)
{
	static const char *const others[] = {"rflags", "cs", "ss", "orig_rax"};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (!strcmp(name, others[i]))
			return false;
	return true;
}

static void put_registers(struct str *out, const json_t *report)
{
	json_t *registers = json_object_get(get(report, "crash"), "registers"), *value;
	const json_t *memory = get(report, "memory"), *pointer;
	const char *name;
	size_t i;

	if (!json_array_size(get(memory, "pointers")))
		return;
	title(out, "Registers and what they point to");
	json_object_foreach(registers, name, value)
		if (is_address(name))
			put_register(out, report, name, value);
	json_array_foreach(get(memory, "pointers"), i, pointer)
	{
		const char *where = text_of(pointer, "where");
		uint64_t number;

		if (!where || json_object_get(registers, where) ||
		    !json_address_value(get(pointer, "value"), &number))
			continue;
		put(out, "  ", where);
		str_printf(out, ": %016" PRIx64, number);
		put_target(out, number, pointer);
		str_puts(out, "\n");
	}
}

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
	if (json_address_value(get(contents, "object"), &object))
		str_printf(out, "+0x%-5" PRIx64, address - object);
	else
		str_printf(out, "%016" PRIx64 " ", address);
	str_printf(out, " %016" PRIx64 "  ", value);
	put_ascii(out, value);
	put(out, "  ", text_of(word, "member"));
	put(out, "  -> ", text_of(word, "points_to"));
	str_puts(out, "\n");
}

static void put_contents(struct str *out, const json_t *contents)
{
	const json_t *words = get(contents, "words"), *word, *before = NULL;
	size_t i, skipped = 0;

	if (!json_array_size(words))
		return;
	title(out, "The words around it");
	json_array_foreach(words, i, word)
	{
		bool same = repeats(word, before);

		skipped += same;
		if (skipped && (!same || i + 1 == json_array_size(words))) {
			str_printf(out, "  *       and %zu more like it\n", skipped);
			skipped = 0;
		}
		if (!same)
			put_word(out, contents, word);
		before = word;
	}
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
		str_puts(out, "\n");
	}
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

	put_registers(out, report);
	put_provenance(out, get(memory, "provenance"));
	put_holder(out, memory);
	put_contents(out, get(memory, "contents"));
	put_copies(out, get(memory, "copies"));
	put_freelists(out, get(memory, "freelists"));
	put_code(out, get(memory, "text"));
	put_hypotheses(out, get(memory, "hypotheses"));
}
