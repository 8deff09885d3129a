/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins words of the kernel's log to our own: these end lines as no clause of a sentence ends. */
#include "rules/sentence.h"

#include <string.h>

#include "base/str.h"

/* Whether at is a ':' or '.' that ends a quoted line where our own words go on, or end. */
static bool is_loose_end(const char *text, const char *at, bool headline)
{
	bool ellipsis = at > text && at[-1] == '.';

	if (*at != ':' && (*at != '.' || ellipsis || at[1] == '.'))
		return false;
	if (!at[1])
		return *at == ':' || headline;
	return strchr(";,", at[1]) || (headline && has_prefix(at + 1, " in "));
}

/* The length of " (Not tainted)", " (Tainted: G OE)", else 0. */
static size_t taints_length(const char *at)
{
	size_t length;

	if (!has_prefix(at, " (Not tainted") && !has_prefix(at, " (Tainted: "))
		return 0;
	length = strcspn(at, ")");
	return at[length] ? length + 1 : 0;
}

char *sentence_tidy(const char *text, bool headline)
{
	_str_ struct str out = {0};

	str_puts(&out, "");
	for (const char *at = text; *at;) {
		size_t taints = headline ? taints_length(at) : 0;

		at += taints;
		if (taints)
			continue;
		bool blank = *at == ' ' && (!at[1] || at[1] == ' ');

		if (!is_loose_end(text, at, headline) && !blank)
			str_append(&out, at, 1);
		at++;
	}
	return str_take(&out);
}
