/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a headline short. The facts it loses stand elsewhere on the page: under Crash and in the findings. */
#include "rules/headline.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/str.h"

#define ADDRESS_DIGITS 16
#define WHO_MAX 64 /* bytes at the end of a headline that are kept when it is cut */

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
	const char *cpu = strstr(text, " on CPU "), *worker = strstr(text, ", kworker/");

	if (!strstr(text, ", in "))
		return NULL;
	if (cpu && cpu > strstr(text, ", in ") && !cpu[8 + strspn(cpu + 8, "0123456789")])
		return cpu;
	return worker && !strpbrk(worker + 2, " ,;") ? worker : NULL;
}

static void end_at(struct str *text, const char *end)
{
	if (!end)
		return;
	text->length = (size_t)(end - text->data);
	text->data[text->length] = 0;
}

/* The last " in f [m], task", "; killed f/1", which says who it was: kept where a text is cut. */
static const char *who(const char *text)
{
	const char *found = NULL;

	for (const char *at = text; *at; at++)
		if (has_prefix(at, "; ") || has_prefix(at, ", called from ") ||
		    (has_prefix(at, " in ") && at > text && at[-1] != ','))
			found = at;
	return found && strlen(found) <= WHO_MAX ? found : text + strlen(text);
}

/* At a word, but for one that is longer than half of what is kept. */
static void cut(const char *text, struct str *out)
{
	static const char dots[] = " ...";
	const char *tail = who(text);
	size_t kept = HEADLINE_SHORT - strlen(tail) - strlen(dots), word;

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
	while (kept && strchr(" ,;:(", text[kept - 1]))
		kept--;
	str_append(out, text, kept);
	str_puts(out, dots);
	str_puts(out, tail);
}

char *headline_brief(const char *text, bool quotes_log)
{
	_str_ struct str whole = {0}, once = {0}, brief = {0}, last = {0};

	without_zeros(text, &whole);
	if (whole.length <= HEADLINE_SHORT)
		return str_take(&whole);
	modules_once(whole.data, &once);
	if (!once.failed && once.length > HEADLINE_SHORT)
		end_at(&once, lender(once.data));
	if (once.failed || once.length <= HEADLINE_SHORT)
		return str_take(&once);
	without_offsets(once.data, &brief);
	if (brief.failed || brief.length <= HEADLINE_SHORT || !quotes_log)
		return str_take(&brief);
	cut(brief.data, &last);
	return str_take(&last);
}
