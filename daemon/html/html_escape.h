/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_HTML_HTML_ESCAPE
#define TRIAGE_DAEMON_HTML_HTML_ESCAPE

#include "base/str.h"

/*
 * The one way of text into the file: safe between tags and within a quoted attribute. Text comes from
 * the renderers, which have made control bytes and non-ASCII of a dump visible; what still is a control
 * byte, but for a newline, becomes a blank. NULL is nothing.
 */
void html_escape(struct str *out, const char *text);
/* A string of the document as it is: made visible first. */
void html_escape_raw(struct str *out, const char *text);

#endif
