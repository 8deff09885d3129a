/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_PARTS
#define TRIAGE_DAEMON_CLI_PARTS

#include <stdio.h>

#include "base/error.h"
#include "daemon/render/render.h"
#include "daemon/render/sections.h"

/*
 * What show and analyze print of a verdict: its page, or the parts that options name. A verb has
 * these among its options:
 *
 *	#define SECTION(name) {#name, no_argument, NULL, OPTION_SECTION + SECTION_##name},
 *	#include "daemon/render/sections.def"
 *	#undef SECTION
 *	{"dot", no_argument, NULL, OPTION_DOT},
 *	{"html", no_argument, NULL, OPTION_HTML},
 *	{"output", required_argument, NULL, 'o'},
 */
enum { OPTION_DOT = 500, OPTION_HTML, OPTION_SECTION, OPTION_OUTPUT = 'o' };

struct parts {
	bool dot;	    /* the graph alone */
	bool html;	    /* the page as one HTML file */
	const char *output; /* where that goes, NULL: standard output */
	bool section[SECTION_COUNT];
	size_t count; /* of sections, or the graph; 0: the page */
};

/* True for an option of these, which is noted. */
bool parts_take(struct parts *parts, int option);
/* Do they go together? json: the verb's --json was given. ERR_INVALID when not. */
struct err *parts_check(const struct parts *parts, bool json);
/* Print what is wanted, in the form that standard output takes. record may be NULL. */
struct err *parts_print(const struct parts *parts, const json_t *report,
			const struct render_record *record);
/* A line for each option. */
void parts_help(FILE *out);

#endif
