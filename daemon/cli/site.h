/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_SITE
#define TRIAGE_DAEMON_CLI_SITE

#include "daemon/cli/site_files.h"
#include "daemon/store/store.h"

/*
 * A store as a site of static pages: the latest crashes (and open alerts), signatures over time, hosts, kernels, and a
 * page for each crash. What has not changed is not written again; of crashes, those behind the number that the last run
 * came to are looked at.
 */
struct site_options {
	uint64_t crashes; /* of so many, the latest, there are pages */
	bool anew;	  /* look at all of them */
};

struct err *site_make(struct store *store, struct site_files *files,
		      const struct site_options *options);

#endif
