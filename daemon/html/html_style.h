/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_HTML_HTML_STYLE
#define TRIAGE_DAEMON_HTML_HTML_STYLE

/* The style sheet: light, dark and for paper; texts have a contrast of 4.5 or more in each. */
extern const char html_style[];

#endif
