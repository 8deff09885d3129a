/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_SECTIONS
#define TRIAGE_DAEMON_RENDER_SECTIONS

#include "base/str.h"
#include "json.h"

/*
 * The parts of a verdict that one screen has no room for, as text, on demand. How to add one: a
 * function and a line in sections.c's table; triage show then takes --NAME.
 */
struct section {
	const char *name; /* the option */
	void (*render)(const json_t *report, struct str *out);
};

/* NULL past the last. */
const struct section *section_at(size_t index);

#endif
