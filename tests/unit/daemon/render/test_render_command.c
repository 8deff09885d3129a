/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "daemon/render/render_command.h"

static const struct render_record of_store = {.id = 12};

static const struct {
	const char *step, *path; /* NULL: not known */
	const struct render_record *record;
	const char *wanted;
} steps[] = {
	{"triage show --locks has them.", "/a/vmcore", &of_store,
	 "triage show 12 --locks has them."},
	{"triage show --locks has them.", "/a/vmcore", NULL,
	 "triage analyze --locks /a/vmcore has them."},
	{"see triage analyze --memory: all", "/a/vmcore", &of_store,
	 "see triage show 12 --memory: all"},
	{"(triage show --log)", "/it's; rm $(x)/a b", NULL,
	 "(triage analyze --log '/it'\\''s; rm $(x)/a b')"},
	{"triage show --log", "-f", NULL, "triage analyze --log ./-f"},
	{"triage show --log", "-f;", NULL, "triage analyze --log './-f;'"},
	{"triage show --log", "-", NULL, "triage analyze --log FILE"},
	{"triage show --log", NULL, NULL, "triage analyze --log FILE"},
	/* another option, and what only looks like one */
	{"triage analyze --vmlinux FILE", "/a", &of_store, "triage analyze --vmlinux FILE"},
	{"triage show --locksmith, triage show --", "/a", NULL,
	 "triage show --locksmith, triage show --"},
	{"", "/a", NULL, ""},
};

START_TEST(each_is_ready_to_be_pasted)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		_json_ json_t *report = json_pack("{s:{s:s?}}", "dump", "path", steps[i].path);
		_str_ struct str out = {0};

		render_command(steps[i].step, report, steps[i].record, &out);
		ck_assert_str_eq(out.data ? out.data : "", steps[i].wanted);
	}
}
END_TEST

UNIT_MAIN("render_command", each_is_ready_to_be_pasted)
