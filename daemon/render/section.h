/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_SECTION
#define TRIAGE_DAEMON_RENDER_SECTION

#include "base/str.h"
#include "json.h"

/*
 * A part of a verdict in full, which the one screen has no room for.
 *
 * How to add one (tests/how-to does it by these steps):
 *  1. render_NAME.c, which ends in `const struct section NAME_section`;
 *  2. one line in sections.def: triage show and analyze then take --NAME;
 *  3. a word about --NAME in triage(1), which tests/daemon/install asks for.
 */
struct section {
	const char *name;
	const char *summary; /* for --help, NULL: just the name */
	const char *nothing; /* what is said when nothing is known; NULL: that */
	/* Append what is known, every string of it escaped; nothing when nothing is. */
	void (*render)(const json_t *report, struct str *out);
};

#endif
