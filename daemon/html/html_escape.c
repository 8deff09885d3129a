/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text that cannot be taken for HTML. */
#include "daemon/html/html_escape.h"

#include <string.h>

/* What stands for a character; NULL: itself. */
static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	case '`':
		return "&#96;";
	case '\n':
		return NULL;
	default:
		return (unsigned char)c < ' ' || c == 0x7f ? " " : NULL;
	}
}

void html_escape(struct str *out, const char *text)
{
	for (const char *at = text ? text : ""; *at; at++) {
		const char *instead = entity(*at);

		if (instead)
			str_puts(out, instead);
		else
			str_append(out, at, 1);
	}
}

void html_escape_raw(struct str *out, const char *text)
{
	_str_ struct str safe = {0};

	str_escape(&safe, text ? text : "", text ? strlen(text) : 0);
	html_escape(out, safe.data);
}
