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
	const char *server;  /* the central database's address; NULL: the daemon's own store */
	struct store *store; /* after cmd_open() */
};
void cmd_deinit(struct cmd *cmd);
#define _cmd_ _cleanup_(cmd_deinit)

enum { OPTION_JSON = 1000, OPTION_STATE_DIR, OPTION_RUN_DIR, OPTION_ANY_STORE, OPTION_HELP = 'h' };
#define CMD_OPTIONS                                                                                \
	{"json", no_argument, NULL, OPTION_JSON}, {"help", no_argument, NULL, OPTION_HELP},        \
		{"state-dir", required_argument, NULL, OPTION_STATE_DIR},                          \
	{                                                                                          \
		"run-dir", required_argument, NULL, OPTION_RUN_DIR                                 \
	}
/* Those of a verb with any_store. */
#define CMD_STORE_OPTIONS                                                                          \
	CMD_OPTIONS,                                                                               \
	{                                                                                          \
		"store", required_argument, NULL, OPTION_ANY_STORE                                 \
	}
#define CMD_STORE_SYNOPSIS " [--store ADDRESS]"
/*
 * getopt_long() over a verb's options, those of CMD_OPTIONS among them, which it handles itself. An
 * option whose value is a letter has that letter as its short form. Returns what getopt_long() does;
 * '?' for a mistake, which it has reported. --help ends the program.
 */
int cmd_option(struct cmd *cmd, int argc, char **argv, const struct option *options);

/* Open the store, read-only, if it is not open. */
struct err *cmd_open(struct cmd *cmd);
/* The same to change what is there: for the central database alone. */
struct err *cmd_open_writing(struct cmd *cmd);
#define FOLLOW_PAUSE_MS 500
/*
 * Who follows a store has read what there was, or failed; then waits for what comes. A file is opened anew each time,
 * since the daemon may put a damaged one aside and begin another; a server's connection stays while it is good, and
 * one that fails is asked less and less often.
 */
struct follow {
	int64_t pause_ms;  /* from one look to the next; 0: FOLLOW_PAUSE_MS */
	unsigned failures; /* one after another */
};
void cmd_follow_wait(struct cmd *cmd, struct follow *follow, bool failed);
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
