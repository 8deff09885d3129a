/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of the fleet, again and again, and what is done when the server is away. */
#include "daemon/cli/watch_run.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/backoff.h"
#include "daemon/fleet/fleet_schema.h"
#include "daemon/fleet/fleet_watch.h"
#include "daemon/log.h"
#include "daemon/notify.h"

#define RETRY_MAX_MS 60000

struct watch {
	const struct watch_options *options;
	struct fleet_rules *rules;
	struct pg *pg;
	struct backoff backoff;
	char *said;  /* the trouble that was logged last */
	bool failed; /* a rule, in the round that is run now */
	char *rule_said;
};

static void deinit(struct watch *watch)
{
	pg_close(watch->pg);
	fleet_rules_free(watch->rules);
	free(watch->said);
	free(watch->rule_said);
}

static void changed(void *context, const char *severity, const char *line)
{
	(void)context;
	log_line(log_verdict_priority(severity, false), "%s", line);
}

/* Once, not each minute. */
static void failed(void *context, const char *rule, const char *why)
{
	struct watch *watch = context;
	_free_ char *line = NULL;

	watch->failed = true;
	if (asprintf(&line, "rule %s cannot be run: %s", rule, why) < 0)
		return;
	if (!watch->rule_said || strcmp(watch->rule_said, line) != 0)
		log_line(LOG_WARNING, "%s", line);
	free(watch->rule_said);
	watch->rule_said = take_ptr(line);
}

static struct err *round_once(struct watch *watch)
{
	const struct fleet_watch_events events = {
		.changed = changed, .failed = failed, .context = watch};

	watch->failed = false;
	if (!watch->pg)
		TRY(pg_open(watch->options->address, &watch->pg));
	TRY(fleet_schema_check(watch->pg));
	return fleet_watch(watch->pg, watch->rules, &events);
}

static void trouble(struct watch *watch, struct err *err)
{
	pg_close(take_ptr(watch->pg));
	if (!watch->said || strcmp(watch->said, err->message) != 0)
		log_line(LOG_WARNING, "nothing is watched until the server answers again: %s",
			 err->message);
	notify_send("STATUS=waiting: %s", err->message);
	free(watch->said);
	watch->said = strdup(err->message);
	err_free(err);
	backoff_wait(&watch->backoff);
}

static void resumed(struct watch *watch)
{
	backoff_reset(&watch->backoff);
	if (watch->said)
		log_line(LOG_NOTICE, "watching again");
	free(take_ptr(watch->said));
	notify_send("STATUS=%zu rules, run last at %lld", watch->rules->count,
		    (long long)time(NULL));
}

static void run_on(struct watch *watch)
{
	for (;;) {
		struct err *err = round_once(watch);

		if (err) {
			trouble(watch, err);
			continue;
		}
		resumed(watch);
		backoff_pause(watch->options->interval_ms);
	}
}

struct err *watch_run(const struct watch_options *options)
{
	_cleanup_(deinit) struct watch watch = {.options = options,
						.backoff = {.most_ms = RETRY_MAX_MS}};

	log_open(false);
	log_as("triage fleet watch");
	TRY(fleet_rules_load(options->rules_dir, &watch.rules));
	if (options->once) {
		TRY(round_once(&watch));
		return watch.failed ? err_new(ERR_INVALID, "not all rules could be run") : NULL;
	}
	notify_send("READY=1");
	run_on(&watch);
	return NULL;
}
