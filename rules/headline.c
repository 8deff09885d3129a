/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a headline short. The facts it loses stand elsewhere on the page: under Crash and in the findings. */
#include "rules/headline.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"

#define ADDRESS_DIGITS 16
#define WHO_MAX 72 /* bytes at the end of a headline that are kept when it is cut */

/* "0x0000000000000110" becomes "0x110". */
static void without_zeros(const char *text, struct str *out)
{
	while (*text) {
		size_t digits = 0, zeros;

		if (has_prefix(text, "0x"))
			digits = strspn(text + 2, "0123456789abcdef");
		if (digits != ADDRESS_DIGITS) {
			str_append(out, text++, 1);
			continue;
		}
		zeros = MIN(strspn(text + 2, "0"), digits - 1);
		str_puts(out, "0x");
		str_append(out, text + 2 + zeros, digits - zeros);
		text += 2 + digits;
	}
}

static bool is_identifier(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The length of " [module]" at the start of text, else 0. */
static size_t module_length(const char *text)
{
	size_t name;

	if (!has_prefix(text, " ["))
		return 0;
	name = strcspn(text + 2, " []");
	return name && text[2 + name] == ']' ? name + 3 : 0;
}

/* Whether the length bytes at `at` stand before it in text, too. */
static bool stands_before(const char *text, const char *at, size_t length)
{
	for (const char *one = text; one < at; one++)
		if (!strncmp(one, at, length))
			return true;
	return false;
}

static void modules_once(const char *text, struct str *out)
{
	for (const char *at = text; *at;) {
		size_t length = module_length(at);

		if (length && stands_before(text, at, length)) {
			at += length;
			continue;
		}
		str_append(out, at++, 1);
	}
}

/* Whether a function's name ends before `at`: not a number, not the file of a user program's code. */
static bool function_ends(const char *text, const char *at)
{
	const char *start = at;

	while (start > text && (is_identifier(start[-1]) || start[-1] == '.'))
		start--;
	return start < at && !isdigit((unsigned char)*start) && !has_prefix(text, "user program");
}

/* "f+0x9" and "f+0x9/0x20" become "f": the place in full stands under Crash. */
static void without_offsets(const char *text, struct str *out)
{
	for (const char *at = text; *at;) {
		size_t digits = has_prefix(at, "+0x") ? strspn(at + 3, "0123456789abcdef") : 0;

		if (!digits || !function_ends(text, at)) {
			str_append(out, at++, 1);
			continue;
		}
		at += 3 + digits;
		if (has_prefix(at, "/0x")) /* the function's size, as reports have it */
			at += 3 + strspn(at + 3, "0123456789abcdef");
	}
}

/* Where " on CPU 3" or ", kworker/…" begins, with which the text ends; NULL where it does not. */
static const char *lender(const char *text)
{
	const char *cpu = NULL, *worker = strstr(text, ", kworker/");

	for (const char *at = text; (at = strstr(at, " on CPU ")); at++)
		cpu = at;

	if (!strstr(text, ", in "))
		return NULL;
	if (cpu && cpu > strstr(text, ", in ") && !cpu[8 + strspn(cpu + 8, "0123456789")])
		return cpu;
	return worker && !strpbrk(worker + 2, " ,;") ? worker : NULL;
}

/* Where the function that is named last in text up to end begins: " in f", ", called by f"; NULL where none is. */
static const char *function_before(const char *text, const char *end, const char *name,
				   size_t length)
{
	static const char *const befores[] = {" in ", ", called by ", ", called from "};
	const char *at = end - length;

	if (end < text + length || strncmp(at, name, length) != 0)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(befores); i++) {
		size_t before = strlen(befores[i]);

		if (at >= text + before && !strncmp(at - before, befores[i], before))
			return at - before;
	}
	return NULL;
}

/* Where " [module]" begins, with which text up to end ends; else end. */
static const char *module_before(const char *text, const char *end)
{
	const char *at = end;

	if (at == text || at[-1] != ']')
		return end;
	while (at > text && *at != '[')
		at--;
	return at > text && at[-1] == ' ' ? at - 1 : end;
}

/* Where ", in work item f" begins, and f's name; NULL where nothing like it is said. */
static const char *context_in(const char *text, const char **name)
{
	static const char *const contexts[] = {", in timer function ", ", in tasklet ",
					       ", in work item ", ", in hrtimer "};
	const char *at = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(contexts) && !at; i++) {
		at = strstr(text, contexts[i]);
		*name = at ? at + strlen(contexts[i]) : "";
	}
	return at;
}

/* "in f [m], in timer function f": where it was is said by what it is. */
static void without_twins(const char *text, struct str *out)
{
	const char *twin = NULL, *name, *at = context_in(text, &name);

	if (at && *name)
		twin = function_before(text, module_before(text, at), name, strcspn(name, " ,;["));
	if (!twin) {
		str_puts(out, text);
		return;
	}
	str_append(out, text, (size_t)(twin - text));
	/* no comma in the place of " in f", which began without one */
	str_puts(out, has_prefix(twin, " in ") ? at + 1 : at);
}

/* "in work item f of workqueue events": the queue says little of whose work it is. */
static void without_queues(const char *text, struct str *out)
{
	static const char queue[] = " of workqueue ";

	for (const char *at = text; *at;) {
		if (!has_prefix(at, queue)) {
			str_append(out, at++, 1);
			continue;
		}
		at += strlen(queue);
		at += strcspn(at, " ,;");
	}
}

#define LONG_ADDRESS 9 /* digits */

/* "general protection fault on 0xdffffc0000000085 in f", without the address: it stands under Crash. */
static void without_addresses(const char *text, struct str *out)
{
	static const char *const before[] = {" on 0x", " of 0x", " to 0x", ": 0x", ", 0x"};

	for (const char *at = text; *at;) {
		size_t i = 0, digits = 0;

		while (i < ARRAY_SIZE(before) && !has_prefix(at, before[i]))
			i++;
		if (i < ARRAY_SIZE(before))
			digits = strspn(at + strlen(before[i]), "0123456789abcdef");
		if (digits < LONG_ADDRESS || !has_prefix(at + strlen(before[i]) + digits, " in "))
			str_append(out, at++, 1);
		else
			at += strlen(before[i]) + digits;
	}
}

/* Whether text ends in "comm/pid" in front of end. */
static bool task_ends(const char *text, const char *end)
{
	const char *at = end;

	while (at > text && isdigit((unsigned char)at[-1]))
		at--;
	return at < end && at > text + 1 && at[-1] == '/' && at[-2] != ' ';
}

/* Where ", comm/pid" begins, with which the text ends, and which is not one of several; NULL where it does not. */
static const char *last_task(const char *text)
{
	const char *task = strrchr(text, ',');

	if (!task || !has_prefix(task, ", ") || strchr(task + 2, ' '))
		return NULL;
	return task_ends(task, text + strlen(text)) && !task_ends(text, task) ? task : NULL;
}

/* "crashme_hog/162 (SCHED_FIFO, priority 50) has CPU 1", without what stands in brackets behind a task. */
static void without_remarks(const char *text, struct str *out)
{
	for (const char *at = text; *at;) {
		bool of_task = has_prefix(at, " (") && task_ends(text, at);
		size_t length = of_task ? strcspn(at, ")") : 0;

		if (!length || !at[length])
			str_append(out, at++, 1);
		else
			at += length + 1;
	}
}

/* "kmalloc-256 object 0xffff8a00824e1d00 +0, by f()", "… +0x48: …": which object it was stands in the findings. */
static void without_objects(const char *text, struct str *out)
{
	static const char object[] = " object 0x";

	for (const char *at = text; *at;) {
		size_t digits = has_prefix(at, object)
					? strspn(at + strlen(object), "0123456789abcdef")
					: 0;

		if (digits < LONG_ADDRESS) {
			str_append(out, at++, 1);
			continue;
		}
		str_puts(out, " object");
		at += strlen(object) + digits;
		if (has_prefix(at, " +"))
			at += 2 + strspn(at + 2, "x0123456789abcdef");
	}
}

static void without_modules(const char *text, struct str *out)
{
	for (const char *at = text; *at;) {
		size_t length = module_length(at);

		if (length)
			at += length;
		else
			str_append(out, at++, 1);
	}
}

/* "memory cgroup a has reached its limit: b holds 2 GiB; killed b/1", without what came of it. */
static void without_end(const char *text, struct str *out)
{
	const char *end = NULL;

	for (const char *at = text; (at = strstr(at, "; ")); at++)
		end = at;
	str_append(out, text, end ? (size_t)(end - text) : strlen(text));
}

/* "in helper, called from f": who noticed is under Crash, and f is the one to look at. */
static void without_helper(const char *text, struct str *out)
{
	const char *called = strstr(text, ", called from "), *in = NULL;

	for (const char *at = text; called && (at = strstr(at, " in ")) && at < called; at++)
		in = at;
	if (!in || function_before(text, module_before(text, called), in + 4,
				   strcspn(in + 4, " ,;[")) != in) {
		str_puts(out, text);
		return;
	}
	str_append(out, text, (size_t)(in + 4 - text));
	str_puts(out, called + strlen(", called from "));
}

/*
 * "called from f [m], in work item work_for_cpu_fn": the kernel's own function only carried the module's work.
 * To be asked while each function has its module with it.
 */
static bool is_carried(const char *text)
{
	const char *name, *at = context_in(text, &name);

	return at && module_before(text, at) != at && !module_length(name + strcspn(name, " ,;"));
}

static void without_context(const char *text, struct str *out)
{
	const char *name, *at = context_in(text, &name);

	str_append(out, text, at ? (size_t)(at - text) : strlen(text));
	if (at)
		str_puts(out, name + strcspn(name, " ,;"));
}

/* What is left to lose, one thing after the other, for as long as the headline is too long. */
static char *last_resorts(const char *text, bool carried)
{
	static void (*const losses[])(const char *text, struct str *out) = {
		without_context, without_helper,  without_remarks,
		without_objects, without_modules, without_end};
	_str_ struct str now = {0};

	str_puts(&now, text);
	for (size_t i = !carried;
	     i < ARRAY_SIZE(losses) && !now.failed && now.length > HEADLINE_SHORT; i++) {
		_str_ struct str next = {0};

		losses[i](now.data, &next);
		str_deinit(&now);
		now = next;
		next = (struct str){0};
	}
	return str_take(&now);
}

/* --- of lines of the log ---------------------------------------------------------------------- */

/* The length of "seq=57638, ", "vmid:3 " at the start of a word, else 0. */
static size_t number_length(const char *word)
{
	size_t name = strspn(word, "abcdefghijklmnopqrstuvwxyz_"), at = name + 1, digits;

	if (!name || (word[name] != '=' && word[name] != ':') || has_prefix(word, "order"))
		return 0;
	at += has_prefix(word + at, "0x") ? 2 : 0;
	digits = strspn(word + at, "0123456789abcdef");
	at += digits;
	if (!digits || digits >= ADDRESS_DIGITS || (word[at] && !strchr(" ,)", word[at])))
		return 0;
	at += word[at] == ',';
	return at + (word[at] == ' ');
}

/* The length of "drivers/block/" in front of "queue.c:912", else 0. */
static size_t directories_length(const char *word)
{
	size_t length = strcspn(word, " !"), name = length;

	while (name && word[name - 1] != '/')
		name--;
	for (size_t i = name; i + 3 < length; i++)
		if ((has_prefix(word + i, ".c:") || has_prefix(word + i, ".h:")) &&
		    isdigit((unsigned char)word[i + 3]))
			return name;
	return 0;
}

/* Without what nobody reads at a glance: numbers of this and that, addresses, where a source file lies. */
static void without_details(const char *text, struct str *out)
{
	for (const char *at = text; *at;) {
		bool begins = at == text || strchr(" (", at[-1]);
		size_t length = begins ? number_length(at) : 0;
		if (begins && !length && (at == text || at[-1] == ' ') &&
		    strspn(at, "0123456789abcdef") == ADDRESS_DIGITS &&
		    strchr(" {", at[ADDRESS_DIGITS]))
			length = ADDRESS_DIGITS;

		at += length ? length : begins ? directories_length(at) : 0;
		if (!length && *at)
			str_append(out, at++, 1);
	}
}

static void end_at(struct str *text, const char *end)
{
	if (!end)
		return;
	text->length = (size_t)(end - text->data);
	text->data[text->length] = 0;
}

/* " in f [m], called from g, task", "; killed f/1", which says who it was: kept where a text is cut. */
static const char *who(const char *text)
{
	size_t length = strlen(text);

	for (const char *at = text + length - MIN(length, (size_t)WHO_MAX); *at; at++)
		if ((has_prefix(at, "; ") && !has_prefix(at, "; it began with ")) ||
		    has_prefix(at, ", called from ") ||
		    (has_prefix(at, " in ") && at > text && at[-1] != ','))
			return at;
	return text + length;
}

#define BRACKET_SHORT                                                                              \
	16 /* what stands in a bracket that is cut is left out where it is no more than that */

/* Where a bracket opens that is not closed in what is kept of text; kept: nowhere. */
static size_t open_bracket(const char *text, size_t kept)
{
	size_t open = kept, depth = 0;

	for (size_t i = 0; i < kept; i++) {
		if (text[i] == '(' && !depth++)
			open = i;
		else if (text[i] == ')' && depth)
			depth--;
	}
	return depth ? open : kept;
}

/* At a word, but for one that is longer than half of what is kept. */
static void cut(const char *text, struct str *out)
{
	static const char dots[] = " ...";
	const char *tail = who(text);
	size_t room = HEADLINE_SHORT - strlen(tail) - strlen(dots), kept = room, word, open;

	if (text + kept >= tail) {
		str_puts(out, text);
		return;
	}
	for (word = kept; word > kept / 2 && text[word] != ' ';)
		word--;
	if (word > kept / 2)
		kept = word;
	while (kept && ((unsigned char)text[kept] & 0xc0) == 0x80)
		kept--;
	if (kept > 3 && has_prefix(text + kept - 3, " in"))
		kept -= 3;
	open = open_bracket(text, kept);
	if (kept - open <= BRACKET_SHORT)
		kept = open;
	if (open < kept && kept == room) /* no room for the bracket that closes it */
		while (text[--kept] != ' ')
			;
	while (kept && strchr(" ,;:(", text[kept - 1]))
		kept--;
	str_append(out, text, kept);
	str_puts(out, dots);
	if (open < kept)
		str_puts(out, ")");
	str_puts(out, tail);
}

char *headline_brief(const char *text, bool quotes_log)
{
	_str_ struct str whole = {0}, once = {0}, places = {0}, twins = {0}, brief = {0},
			 less = {0}, last = {0};

	without_zeros(text, &whole);
	if (whole.length <= HEADLINE_SHORT)
		return str_take(&whole);
	modules_once(whole.data, &once);
	if (!once.failed && once.length > HEADLINE_SHORT)
		end_at(&once, lender(once.data));
	if (once.failed || once.length <= HEADLINE_SHORT)
		return str_take(&once);
	without_offsets(once.data, &places);
	if (places.failed || places.length <= HEADLINE_SHORT)
		return str_take(&places);
	without_twins(places.data, &twins);
	if (twins.failed || twins.length <= HEADLINE_SHORT)
		return str_take(&twins);
	/* where the line is cut all the same, its end goes, and who it was is to stand before that */
	without_queues(quotes_log ? places.data : twins.data, &brief);
	if (!brief.failed && brief.length > HEADLINE_SHORT && !quotes_log)
		end_at(&brief, last_task(brief.data));
	if (brief.failed || brief.length <= HEADLINE_SHORT)
		return str_take(&brief);
	(quotes_log ? without_details : without_addresses)(brief.data, &less);
	if (quotes_log && !less.failed && less.length > HEADLINE_SHORT && !*who(less.data))
		end_at(&less, last_task(less.data));
	if (less.failed || less.length <= HEADLINE_SHORT)
		return str_take(&less);
	if (!quotes_log)
		return last_resorts(less.data, is_carried(whole.data));
	cut(less.data, &last);
	return str_take(&last);
}
