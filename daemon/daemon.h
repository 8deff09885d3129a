/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_DAEMON
#define TRIAGE_DAEMON_DAEMON

#include "daemon/config.h"
#include "daemon/loop.h"
#include "daemon/spool/spool.h"
#include "daemon/store/store_guard.h"
#include "json.h"

/*
 * What triaged is made of. Its parts reach each other through this: the store's guard is the
 * ground the others stand on, and each step on the store goes through store_guard_check().
 */
struct daemon {
	struct loop *loop;
	struct config *config;
	const char *config_path;
	const char *state_dir; /* database, reports, unnamed files */
	const char *run_dir;   /* the control socket */
	const char *rules_dir; /* a site's rules */
	struct store_guard *guard;
	struct spool *spool;
	struct rules *rules;
	json_t *rule_faults; /* of a site's: see rule_faults() */
	struct jobs *jobs;
	struct outbox *outbox;
	struct control *control;
	struct retention *retention;
	struct metrics_file *metrics_file;
	struct renewal *renewal;
	struct recovery *recovery;
	int64_t started_at; /* seconds since the epoch */
};

#define STATE_DIR "/var/lib/triage"
#define RUN_DIR "/run/triaged"
#define DATABASE_NAME "triage.db"
#define REPORTS_NAME "reports"

#endif
