/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_FLEET_FLEET_WATCH
#define TRIAGE_DAEMON_FLEET_FLEET_WATCH

#include "daemon/fleet/fleet_rules.h"
#include "daemon/fleet/pg.h"

/*
 * Runs the rules of the fleet and keeps what they find in fleet.alert: an alert is raised once for a rule and what it is
 * about, renewed when there is twice as much of it as was told, closed when the rule finds it no more, and raised anew
 * when it does again. Each of these takes it to the end of the alerts' export. Whoever else watches at the same time
 * changes nothing of that.
 */
#define FLEET_ALERTS_MAX 1000 /* of one rule at a time; with more of them none is closed */

/* Once. told, which may be NULL, gets what changed, as one line. A rule that fails is told of, and the others go on. */
struct fleet_watch_events {
	void (*changed)(void *context, const char *severity, const char *line);
	void (*failed)(void *context, const char *rule, const char *why);
	void *context;
};
struct err *fleet_watch(struct pg *pg, const struct fleet_rules *rules,
			const struct fleet_watch_events *events);

#endif
