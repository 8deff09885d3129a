/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_HTML_HTML_HEAD
#define TRIAGE_DAEMON_HTML_HTML_HEAD

#include "base/str.h"

/* What each file begins with, up to its body, which is open: title is escaped. */
void html_head(struct str *out, const char *title);

#endif
