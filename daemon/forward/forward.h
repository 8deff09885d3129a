/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_FORWARD_FORWARD
#define TRIAGE_DAEMON_FORWARD_FORWARD

#include <stdint.h>

#include "base/error.h"

/*
 * Brings the verdicts of a host's store to the central database: each once, in the order of the export, whatever
 * dies in between. See fleet_writer.h for why, and forward_read.h for a store that was put back.
 */
#define FORWARD_IDLE_MS 60000
struct forward_options {
	const char *to;	      /* address of the server */
	const char *database; /* path of the store */
	const char *run_dir;  /* where the state is told */
	const char *machine;  /* another id than the machine's own; NULL: that */
	uint64_t idle_ms;     /* a connection over which nothing was sent for so long is closed */
	bool once; /* until all that is there is sent, or the first error; else without end */
};

/* An error only with `once`, or for options that cannot be right ever. */
struct err *forward_run(const struct forward_options *options);

#endif
