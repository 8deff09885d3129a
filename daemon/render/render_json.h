/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_RENDER_JSON
#define TRIAGE_DAEMON_RENDER_RENDER_JSON

#include "base/str.h"
#include "json.h"

/*
 * What the renderers share: parts of a verdict that may be missing, and strings of a dump, which
 * must not reach a terminal as they are.
 */

/* The string escaped, with words of ours before it; neither when there is no string. */
void render_put(struct str *out, const char *before, const char *string);
/* A part's title, behind an empty line unless it is the first. */
void render_title(struct str *out, const char *title);
/* "java/30413"; "pid 30413" where the name is not known, nothing where the pid is not. */
void render_task(struct str *out, const json_t *task);
/* "crashme_write+0x2e [crashme]  crashme.c:12", or the address where there is no symbol. */
void render_place(struct str *out, const json_t *place);
/* A frame of a backtrace: its place, its kind but for a call, and whether it was only guessed. */
void render_frame(struct str *out, const json_t *frame);

#endif
