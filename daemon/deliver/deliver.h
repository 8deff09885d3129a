/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_DELIVER_DELIVER
#define TRIAGE_DAEMON_DELIVER_DELIVER

#include "base/error.h"

/*
 * Hands each verdict of a store to a site's own command, in the order of the export. A verdict is delivered once the
 * command has ended with status 0, and that is on disk before the next is read: so whatever ends in between, none is
 * lost, and at most the last one comes twice. One that is not taken holds up those behind it.
 */
struct deliver_options {
	const char *command;  /* for /bin/sh */
	unsigned timeout_ms;  /* of one run of it */
	const char *database; /* path of the store */
	const char *server;   /* the central database's address in its place; NULL: that store */
	const char *keep_dir; /* where it is kept how far it is, see deliver_state.h */
	bool from_now;	      /* the first time: only what comes from now on */
	bool once; /* until all that is there is delivered, or the first failure; else without end */
};

/* An error only with `once`, or for what cannot be right ever. */
struct err *deliver_run(const struct deliver_options *options);

#endif
