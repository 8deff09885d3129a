/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_CMD_USAGE
#define TRIAGE_DAEMON_CLI_CMD_USAGE

#include <getopt.h>

#include "daemon/cli/cmd.h"

/* --help of a verb: its synopsis, its own options, then common, the text of what follows. */
void cmd_help(const struct verb *verb, const char *common, FILE *out);
/*
 * After a mistake that getopt_long() has told of: the option that wrong may stand for, if any (NULL: it
 * was no long option), and the synopsis, on stderr.
 */
void cmd_usage(const struct verb *verb, const char *wrong, const struct option *options);

#endif
