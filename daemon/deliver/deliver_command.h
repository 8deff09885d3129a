/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_DELIVER_DELIVER_COMMAND
#define TRIAGE_DAEMON_DELIVER_DELIVER_COMMAND

#include <stddef.h>

#include "base/error.h"

/*
 * Runs a site's command by /bin/sh: input on its stdin, which it need not read; what it prints goes into the journal,
 * so many lines of it at most. It is a process group of its own: at its end, what it left behind is killed, and after
 * timeout_ms all of it. environment is a list of NAME=VALUE that ends with NULL.
 */
#define DELIVER_LINES_MAX 100 /* that are logged of one run */
#define DELIVER_LINE_BYTES 1000

struct deliver_command {
	const char *command;
	const char *input;
	size_t length;
	char *const *environment;
	unsigned timeout_ms;
};

/* NULL when it ended with status 0; ERR_LIMIT after timeout_ms, ERR_INVALID for any other end. */
struct err *deliver_command_run(const struct deliver_command *command);

#endif
