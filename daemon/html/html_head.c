/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each file begins with. */
#include "daemon/html/html_head.h"

#include "daemon/html/html_escape.h"
#include "daemon/html/html_style.h"

/* Nothing is fetched, run, sent or framed, whatever a mistake lets through. */
#define POLICY "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

void html_head(struct str *out, const char *title)
{
	str_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
	html_escape_raw(out, title);
	str_printf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", html_style);
}
