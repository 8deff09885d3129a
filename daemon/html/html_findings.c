/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings by rank: those that the verdict rests on, then by severity. */
#include "daemon/html/html_parts.h"

#include <string.h>

#include "daemon/html/html_escape.h"

/* From the first to the last; what is none of these comes with the last. */
static const char *const severities[] = {"critical", "warning", "notice", "info"};

static bool is_because(const json_t *report, const json_t *finding)
{
	const json_t *id;
	size_t i;

	json_array_foreach (json_at(report, "verdict.because"), i, id) {
		if (json_equal(id, json_at(finding, "id")))
			return true;
	}
	return false;
}

static size_t rank_of(const json_t *report, const json_t *finding)
{
	const char *severity = json_string_at(finding, "severity");
	size_t rank = 0;

	if (is_because(report, finding))
		return 0;
	while (rank + 1 < ARRAY_SIZE(severities) && severity &&
	       strcmp(severity, severities[rank]) != 0)
		rank++;
	return rank + 1;
}

static void put_finding(struct str *out, const json_t *finding, bool because)
{
	double confidence = json_number_value(json_at(finding, "confidence"));

	str_printf(out, "<tr%s><th scope=\"row\">%lld</th><td>", because ? " class=\"hit\"" : "",
		   json_integer_at(finding, "id"));
	html_escape_raw(out, json_string_at(finding, "severity"));
	str_printf(out, "</td><td>%.0f %%</td><td class=\"code\">", 100 * confidence);
	html_escape_raw(out, json_string_at(finding, "code"));
	str_puts(out, "</td><td>");
	html_escape_raw(out, json_string_at(finding, "headline"));
	str_puts(out, because ? " <span class=\"tag\">the verdict rests on it</span></td></tr>\n"
			      : "</td></tr>\n");
}

void html_findings(struct html_page *html, const json_t *report, const char *about)
{
	const json_t *findings = json_at(report, "findings"), *finding;
	struct str *out = html->page.out;
	size_t i, shown = 0;

	/* Without a headline they stand for a part of the document, which is told above. */
	for (size_t rank = 0; rank <= ARRAY_SIZE(severities); rank++) {
		json_array_foreach (findings, i, finding) {
			if (!json_string_at(finding, "headline") ||
			    rank_of(report, finding) != rank)
				continue;
			if (!shown++) {
				html_section(html, "Findings", about);
				str_puts(out,
					 "<div class=\"wide\"><table>\n<thead><tr>"
					 "<th scope=\"col\">#</th>"
					 "<th scope=\"col\">Severity</th>"
					 "<th scope=\"col\">Sure</th>"
					 "<th scope=\"col\">Code</th>"
					 "<th scope=\"col\">What</th></tr></thead>\n<tbody>\n");
			}
			put_finding(out, finding, !rank);
		}
	}
	if (shown)
		str_puts(out, "</tbody></table></div>\n");
}
