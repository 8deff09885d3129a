/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_CLI_CMD_COMMON
#define TRIAGE_DAEMON_CLI_CMD_COMMON

#include <getopt.h>

#include "base/str.h"
#include "daemon/cli/cmd.h"
#include "daemon/store/store.h"

/*
 * What the verbs that look into the daemon's store share: options, the store, ids, times.
 * All of them take --json, --state-dir and --run-dir.
 */
struct cmd {
	const struct verb *verb; /* whose --help it is */
	bool json;
	const char *state_dir, *run_dir;
	struct store *store; /* after cmd_open() */
};
void cmd_deinit(struct cmd *cmd);
#define _cmd_ _cleanup_(cmd_deinit)

enum { OPTION_JSON = 1000, OPTION_STATE_DIR, OPTION_RUN_DIR, OPTION_HELP = 'h' };
#define CMD_OPTIONS                                                                                \
	{"json", no_argument, NULL, OPTION_JSON}, {"help", no_argument, NULL, OPTION_HELP},        \
		{"state-dir", required_argument, NULL, OPTION_STATE_DIR},                          \
	{                                                                                          \
		"run-dir", required_argument, NULL, OPTION_RUN_DIR                                 \
	}
/*
 * getopt_long() over a verb's options, those of CMD_OPTIONS among them, which it handles itself. An
 * option whose value is a letter has that letter as its short form. Returns what getopt_long() does;
 * '?' for a mistake, which it has reported. --help ends the program.
 */
int cmd_option(struct cmd *cmd, int argc, char **argv, const struct option *options);

/* Open the store, read-only. */
struct err *cmd_open(struct cmd *cmd);
/*
 * The dump someone means: a number, a uid or the beginning of one (6 digits or more), or, with
 * paths, a path. ERR_NOT_FOUND, or ERR_INVALID when several begin like that.
 */
struct err *cmd_find_dump(struct cmd *cmd, const char *text, bool paths, int64_t *ret);
/* "36h", "90min", "30" (seconds). */
struct err *cmd_parse_duration(const char *text, int64_t *seconds);
/* Print one JSON document; takes it over. */
void cmd_print_json(json_t *json);
/* "1.5 GiB" */
void cmd_format_size(uint64_t bytes, char text[16]);

#endif
