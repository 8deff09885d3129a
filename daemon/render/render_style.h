/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_STYLE
#define TRIAGE_DAEMON_RENDER_RENDER_STYLE

#include <stdbool.h>

struct render_style {
	unsigned width; /* columns; lines are cut or wrapped to it */
	bool colour;
	bool given; /* a terminal or $COLUMNS says how wide */
};

/* What fits the stream: its terminal's width (else $COLUMNS, else 100), colour if wanted there. */
struct render_style render_style_for(int fd);
/* From here on that is what fits it now: a pager takes the terminal's place. */
void render_style_keep(int fd);

#endif
