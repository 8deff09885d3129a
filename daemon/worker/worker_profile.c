/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes the profile of a vmlinux. */
#include "daemon/worker/worker_profile.h"

#include "base/str.h"
#include "kernel/open_profile.h"

bool worker_profile_is_asked(const char *request)
{
	_json_ json_t *json = json_loads(request, 0, NULL);

	return json_is_true(json_object_get(json, "profile"));
}

struct err *worker_profile(const struct kernel_options *options, void (*answer)(json_t *answer))
{
	_str_ struct str text = {0};

	TRY(open_profile_of_vmlinux(options, &text));
	answer(json_pack("{s:s}", "profile", text.data));
	return NULL;
}
