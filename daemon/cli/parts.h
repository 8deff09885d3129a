/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_PARTS
#define TRIAGE_DAEMON_CLI_PARTS

#include <stdio.h>

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
 */
enum { OPTION_DOT = 500, OPTION_SECTION };

struct parts {
	bool dot; /* the graph alone */
	bool section[SECTION_COUNT];
	size_t count; /* of sections, or the graph; 0: the page */
};

/* True for an option of these, which is noted. */
bool parts_take(struct parts *parts, int option);
/* Append what is wanted. record may be NULL. */
void parts_render(const struct parts *parts, const json_t *report,
		  const struct render_record *record, const struct render_style *style,
		  struct str *out);
/* A line for each option. */
void parts_help(FILE *out);

#endif
