/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER
#define TRIAGE_DAEMON_RENDER_RENDER

#include "base/str.h"
#include "json.h"

struct render_style {
	unsigned width; /* columns; lines are cut or wrapped to it */
	bool colour;
};

/* What fits the stream: its terminal's width (else $COLUMNS, else 100), colour if wanted there. */
struct render_style render_style_for(int fd);

/* One screen of a verdict document, headline first. Every string in it is escaped. */
void render_verdict(const json_t *report, const struct render_style *style, struct str *out);

#endif
