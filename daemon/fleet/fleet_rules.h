/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_FLEET_FLEET_RULES
#define TRIAGE_DAEMON_FLEET_FLEET_RULES

#include <stddef.h>

#include "base/error.h"

/*
 * Rules over the crashes of all hosts: those of rules/fleet, compiled in, and a site's. Each is one SELECT of the central
 * database; rules/fleet/README.md says what it returns. Here they are read, fleet_watch.h runs them.
 */
#define FLEET_RULES_MAX 256

struct fleet_rule {
	/* From its header; id and title are never NULL, advice is where there is none. */
	char *id, *title, *severity, *advice;
	char *sql;
};

struct fleet_rules {
	struct fleet_rule list[FLEET_RULES_MAX];
	size_t count;
};
void fleet_rules_free(struct fleet_rules *rules);
DEFINE_CLEANUP(struct fleet_rules, fleet_rules_free)

/*
 * The built-in ones, then each *.sql of site_dir by name (NULL: none); one with the id of another takes its place.
 * ERR_INVALID names the file whose header is wrong.
 */
struct err *fleet_rules_load(const char *site_dir, struct fleet_rules **ret);

#endif
