/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_WATCH_RUN
#define TRIAGE_DAEMON_CLI_WATCH_RUN

#include "base/error.h"

/*
 * triage fleet watch: the rules of the fleet over the central database again and again, what changes into the journal.
 * An error only with `once`, or for what cannot be right ever.
 */
struct watch_options {
	const char *address;
	const char *rules_dir; /* a site's; NULL: none */
	unsigned interval_ms;
	bool once;
};

struct err *watch_run(const struct watch_options *options);

#endif
