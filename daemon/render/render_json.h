/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_JSON
#define TRIAGE_DAEMON_RENDER_RENDER_JSON

#include <string.h>

#include "base/str.h"
#include "json.h"

/* What the renderers share: fields of a verdict that may be missing, and text that may bite. */

static inline const json_t *get(const json_t *object, const char *key)
{
	return json_object_get(object, key);
}

/* NULL when there is no such string. */
static inline const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(get(object, key));
}

/* The text escaped, with words of ours before it; neither when there is no text. */
static inline void put(struct str *out, const char *before, const char *text)
{
	if (!text || !*text)
		return;
	str_puts(out, before);
	str_escape(out, text, strlen(text));
}

/* A part begins with its title, when it has anything to say. */
static inline void title(struct str *out, const char *text)
{
	str_printf(out, "%s%s\n", out->length ? "\n" : "", text);
}

#endif
