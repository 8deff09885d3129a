/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every finding, a line each. */
#include "daemon/render/render_json.h"
#include "daemon/render/section.h"

static void render(const json_t *report, struct str *out)
{
	const json_t *finding;
	size_t i;

	json_array_foreach (json_at(report, "findings"), i, finding) {
		const json_t *confidence = json_at(finding, "confidence");

		str_printf(out, "#%lld", json_integer_at(finding, "id"));
		render_put(out, " ", json_string_at(finding, "code"));
		render_put(out, " ", json_string_at(finding, "severity"));
		if (json_is_number(confidence))
			str_printf(out, " %.2f", json_number_value(confidence));
		render_put(out, " - ", json_string_at(finding, "headline"));
		str_puts(out, "\n");
	}
}

const struct section findings_section = {
	.name = "findings", .summary = "every finding, a line each", .render = render};
