/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_CMD
#define TRIAGE_DAEMON_CLI_CMD

#include "base/error.h"

/*
 * The verbs of triage. How to add one: daemon/cmd_NAME.c with `const struct verb NAME_verb`, and
 * one line in verbs.def. run() gets argv from the verb on and returns the exit status.
 */
struct verb {
	const char *name;
	const char *synopsis; /* "analyze FILE… [--json]" */
	const char *summary;  /* one line for triage --help */
	int (*run)(int argc, char **argv);
};

/* Exit statuses, the same for all verbs. */
enum exit_status {
	STATUS_OK = 0,	      /* what was asked for is there (analyze: a verdict) */
	STATUS_NOT_FOUND = 1, /* it is not (analyze: cause unknown, or the analysis incomplete) */
	STATUS_USAGE = 2,     /* wrong usage, or input that cannot be read */
};

/* Say on stderr what went wrong, as JSON where asked for; takes err over. Returns STATUS_USAGE. */
int cmd_fail(bool json, struct err *err);

#endif
