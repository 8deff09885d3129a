/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PRINTK_LOG_GRAMMAR
#define TRIAGE_KERNEL_PRINTK_LOG_GRAMMAR

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* How a line goes on in the next one. */
enum log_join {
	JOIN_NOT,
	JOIN_UNKNOWN, /* with or without a blank between them: as the file's lines are cut */
	JOIN_BLANK,
	JOIN_CUT /* within a word */
};

/* Does line go on with the one before, by what the grammar of a report allows? */
enum log_join log_grammar(const struct str *before, const char *line, size_t length);
/* Is it all '=' or '-': what no line goes on with but the rest of them? */
bool log_is_rule(const struct str *line);
/* … and is line that rest? */
bool log_is_rule_end(const struct str *rule, const char *line, size_t length);
/* Is it, quotes aside, nothing but bytes that go on with the "Code:" of the line before? */
bool log_is_code(const struct str *before, const char *line, size_t length);

#endif
