/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the kernel log that matter, and user programs' crashes in it. */
#include "daemon/render/render_json.h"
#include "daemon/render/section.h"

static void put_time(struct str *out, const json_t *event)
{
	str_printf(out, "[%12.6f] ", json_number_value(json_at(event, "time_s")));
}

static void put_segfault(struct str *out, const json_t *segfault)
{
	put_time(out, segfault);
	str_puts(out, "segfault of ");
	render_task(out, segfault);
	render_put(out, " at ", json_string_at(segfault, "address"));
	render_put(out, " ip ", json_string_at(segfault, "ip"));
	render_put(out, " in ", json_string_at(segfault, "object"));
	if (json_is_integer(json_at(segfault, "offset")))
		str_printf(out, " offset %lld", json_integer_at(segfault, "offset"));
	render_put(out, " ", json_string_at(segfault, "symbol"));
	render_put(out, ": ", json_string_at(segfault, "instruction"));
	if (json_integer_at(segfault, "times") > 1)
		str_printf(out, ", one of %lld there", json_integer_at(segfault, "times"));
	str_puts(out, "\n");
}

static void render(const json_t *report, struct str *out)
{
	const json_t *item;
	size_t i;

	json_array_foreach (json_at(report, "log.events"), i, item) {
		put_time(out, item);
		render_put(out, "", json_string_at(item, "text"));
		str_puts(out, "\n");
	}
	json_array_foreach (json_at(report, "log.segfaults"), i, item) {
		put_segfault(out, item);
	}
}

const struct section log_section = {.name = "log", .render = render};
