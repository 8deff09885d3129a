/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all findings of things that do not go on have in common. */
#include "stuck/stuck.h"

json_t *stuck_json(const char *kind, double seconds, size_t behind)
{
	json_t *json = json_object();

	json_put(json, "kind", json_string(kind));
	json_put(json, "seconds", seconds > 0 ? json_real(seconds) : json_null());
	json_put(json, "behind", json_integer((json_int_t)behind));
	return json;
}
