/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_STORE_ANALYZE
#define TRIAGE_DAEMON_STORE_ANALYZE

#include "daemon/store/store.h"
#include "daemon/worker/input.h"
#include "daemon/worker/worker.h"

#define SITE_RULES_DIR "/etc/triage/rules.d"

/*
 * The last part of every analysis, once the findings of a dump are in the store: rules, signature,
 * verdict row. rules may be shared by any number of calls.
 */
struct err *analyze_judge(struct store *store, struct rules *rules, int64_t dump);

/* A whole analysis, start to verdict, for callers that may block. */
struct err *analyze_input(struct store *store, struct rules *rules, const char *path,
			  const struct input *input, const struct worker_options *limits,
			  const struct worker_events *watch, int64_t *dump);

#endif
