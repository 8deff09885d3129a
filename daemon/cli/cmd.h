/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_CMD
#define TRIAGE_DAEMON_CLI_CMD

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

/*
 * A verb of triage. How to add one (tests/how-to does it by these steps):
 *  1. cmd_NAME.c, which ends in `const struct verb NAME_verb`. It takes --help, and explains there
 *     each of its options, from which the shell's completion has them;
 *  2. one line in verbs.def (its place there is that in triage --help);
 *  3. its entry in triage(1), with every option.
 * tests/daemon/install asks for all of it.
 */
struct verb {
	const char *name;
	const char *synopsis; /* "analyze FILE… [--json]" */
	const char *summary;  /* one line for triage --help */
	const char
		*options; /* a line or more for each, for its own --help; NULL: none of its own */
	void (*put_options)(FILE *out); /* those that a table makes, behind them; NULL: none */
	bool any_store; /* takes --store, and answers for the central database as well */
	/* Gets argv from the verb on and returns the exit status. */
	int (*run)(int argc, char **argv);
};

/* Exit statuses, the same for all verbs. */
enum exit_status {
	STATUS_OK = 0,	      /* what was asked for is there (analyze: a verdict) */
	STATUS_NOT_FOUND = 1, /* it is not (analyze: cause unknown, or the analysis incomplete) */
	STATUS_USAGE = 2,     /* wrong usage, or input that cannot be read */
	STATUS_NO_CRASH = 3,  /* analyze: a log in which no crash is */
	STATUS_CUT = 4,	      /* analyze: a log that begins within the report of the crash */
};

/* Say on stderr what went wrong, as JSON where asked for; takes err over. Returns STATUS_USAGE. */
int cmd_fail(bool json, struct err *err);

/* Can a person's --profile be opened at all? Whether it is one, the worker says. */
struct err *cmd_check_profile(const char *path);

/* The step a worker is at, on stderr: only for a person who watches. */
struct cmd_progress {
	bool shown;
};
/* context is a struct cmd_progress: for struct worker_events. */
void cmd_progress_show(void *context, const char *step);
/* What the worker wrote on its standard error, each line marked as its own; the same context. */
void cmd_worker_said(void *context, const char *line);
/* Clear the line again. */
void cmd_progress_end(const struct cmd_progress *progress);

#endif
