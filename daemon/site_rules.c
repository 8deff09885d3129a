/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the rules for the daemon, and tells the journal of those that cannot be run. */
#include "daemon/site_rules.h"

#include "daemon/log.h"
#include "daemon/store/rule_faults.h"

struct err *site_rules_load(const char *dir, struct rules **rules, json_t **faults)
{
	_cleanup_(cleanup_rules_free) struct rules *loaded = NULL;
	json_t *one;
	size_t i;

	TRY(rules_load(dir, &loaded));
	TRY(rule_faults(loaded, faults));
	json_array_foreach (*faults, i, one) {
		_free_ char *text = rule_fault_text(one);

		log_line(LOG_WARNING, "rule %s/%s; the other rules judge without it", dir,
			 text ? text : "?");
	}
	*rules = take_ptr(loaded);
	return NULL;
}
