/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verbs that look into the daemon's store share: options, ids, times. */
#include "daemon/cli/cmd_common.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"
#include "daemon/cli/cmd_usage.h"
#include "daemon/cli/pager.h"
#include "daemon/config.h"
#include "daemon/daemon.h"
#include "rules/db.h"

void cmd_deinit(struct cmd *cmd)
{
	store_close(cmd->store);
}

#define COMMON                                                                                     \
	"  --json             as JSON, errors as well\n"                                           \
	"  --state-dir DIR    where the daemon keeps its store (" STATE_DIR ")\n"                  \
	"  --run-dir DIR      where its socket lies (" RUN_DIR ")\n"
#define STORE                                                                                      \
	"  --store ADDRESS    the store of many hosts, postgresql://HOST/DATABASE, instead\n"      \
	"                     (unless that or --state-dir is given: TRIAGE_STORE)\n"
#define HELP "  -h, --help         this\n"
static const char common[] = COMMON HELP, common_and_store[] = COMMON STORE HELP;

static void put_letters(const struct option *options, char letters[64])
{
	size_t n = 0;

	for (size_t i = 0; options[i].name && n + 3 < 64; i++) {
		if (options[i].val < 'A' || options[i].val > 'z')
			continue;
		letters[n++] = (char)options[i].val;
		if (options[i].has_arg == required_argument)
			letters[n++] = ':';
	}
	letters[n] = '\0';
}

/* What is said on the command line goes before what the environment says. */
static void settle_store(struct cmd *cmd)
{
	const char *server = getenv("TRIAGE_STORE");

	if (!cmd->server && !cmd->state_dir && cmd->verb->any_store && server && *server)
		cmd->server = server;
}

int cmd_option(struct cmd *cmd, int argc, char **argv, const struct option *options)
{
	char letters[64];
	int c;

	put_letters(options, letters);
	while ((c = getopt_long(argc, argv, letters, options, NULL)) >= OPTION_JSON ||
	       c == OPTION_HELP) {
		if (c == OPTION_JSON) {
			cmd->json = true;
		} else if (c == OPTION_STATE_DIR) {
			cmd->state_dir = optarg;
		} else if (c == OPTION_RUN_DIR) {
			cmd->run_dir = optarg;
		} else if (c == OPTION_ANY_STORE) {
			cmd->server = optarg;
		} else {
			cmd_help(cmd->verb, cmd->verb->any_store ? common_and_store : common,
				 stdout);
			exit(STATUS_OK);
		}
	}
	if (c == '?')
		cmd_usage(cmd->verb, optopt ? NULL : argv[optind - 1], options);
	settle_store(cmd);
	if (!cmd->run_dir)
		cmd->run_dir = RUN_DIR;
	if (!cmd->state_dir)
		cmd->state_dir = STATE_DIR;
	return c;
}

/* SQLite would only say that it cannot open the file. */
static struct err *open_store(struct cmd *cmd, const char *path)
{
	if (!access(path, R_OK))
		return store_open(path, DB_READ_ONLY, &cmd->store);
	if (errno == ENOENT)
		return err_errno(errno, "%s: has the daemon run? systemctl enable --now triaged",
				 path);
	return err_errno(errno, "%s: only root and the group triage may read", path);
}

/* A store that is being made or migrated is there in a moment: who polls must not take it for a failure. */
#define STORE_WAIT_MS 3000
#define STORE_POLL_MS 50

struct err *cmd_open(struct cmd *cmd)
{
	_free_ char *path = NULL;
	struct err *err;

	if (cmd->store)
		return NULL;
	if (cmd->server)
		return store_open_server(cmd->server, DB_READ_ONLY, &cmd->store);
	if (asprintf(&path, "%s/" DATABASE_NAME, cmd->state_dir) < 0)
		return &err_nomem;
	for (int waited = 0;; waited += STORE_POLL_MS) {
		err = open_store(cmd, path);
		if (!err || err->code != ERR_IO || err->errnum == EACCES ||
		    access(cmd->state_dir, X_OK) || waited >= STORE_WAIT_MS)
			return err;
		err_free(err);
		usleep(STORE_POLL_MS * 1000);
	}
}

struct err *cmd_open_writing(struct cmd *cmd)
{
	return store_open_server(cmd->server, 0, &cmd->store);
}

#define FOLLOW_DOUBLINGS_MAX 6

void cmd_follow_wait(struct cmd *cmd, struct follow *follow, bool failed)
{
	int64_t pause = follow->pause_ms ? follow->pause_ms : FOLLOW_PAUSE_MS;

	if (failed || !cmd->server)
		store_close(take_ptr(cmd->store));
	follow->failures = failed ? MIN(follow->failures + 1, FOLLOW_DOUBLINGS_MAX + 1u) : 0;
	if (cmd->server && failed) {
		pause <<= follow->failures - 1;
		pause += pause * (getpid() % 64) / 128; /* not all at the same moment */
	}
	usleep((useconds_t)(pause * 1000));
}

/* --- which dump --- */

static struct err *find_by_uid(struct db *db, const char *text, int64_t *ret)
{
	int64_t count = 0;
	_free_ char *end = NULL;

	if (asprintf(&end, "%sg", text) < 0) /* behind the last hexadecimal digit */
		return &err_nomem;
	TRY(db_number(db, &count, "SELECT count(*) FROM dump WHERE uid >= ? AND uid < ?", "tt",
		      text, end));
	if (count > 1)
		return err_new(ERR_INVALID, "%" PRId64 " uids begin with %s", count, text);
	if (!count)
		return err_new(ERR_NOT_FOUND, "no dump %s", text);
	return db_number(db, ret, "SELECT id FROM dump WHERE uid >= ? AND uid < ?", "tt", text,
			 end);
}

/* On which host, the path does not say. */
static struct err *find_sighted(struct db *db, const char *text, int64_t *ret)
{
	int64_t count = 0;

	TRY(db_number(db, &count, "SELECT count(DISTINCT crash) FROM sighting WHERE path = ?", "t",
		      text));
	if (count > 1)
		return err_new(ERR_INVALID,
			       "%" PRId64 " dumps lay at %s, of several hosts or times: "
			       "say which by its ID",
			       count, text);
	return db_number(db, ret, "SELECT crash FROM sighting WHERE path = ?", "t", text);
}

static struct err *find_by_path(struct db *db, const char *text, int64_t *ret)
{
	_free_ char *real = realpath(text, NULL);

	*ret = 0;
	if (db_dialect(db) == DB_POSTGRESQL)
		TRY(find_sighted(db, text, ret));
	else
		TRY(db_number(db, ret,
			      "SELECT dump FROM spool_file WHERE path IN (?, ?) UNION ALL "
			      "SELECT id FROM dump WHERE path IN (?1, ?2) LIMIT 1",
			      "tt", text, real ? real : text));
	return *ret ? NULL : err_new(ERR_NOT_FOUND, "no dump at %s", text);
}

struct err *cmd_find_dump(struct cmd *cmd, const char *text, bool paths, int64_t *ret)
{
	struct db *db = store_db(cmd->store);
	size_t length = strlen(text);
	uint64_t id;

	*ret = 0;
	if (paths && strchr(text, '/'))
		return find_by_path(db, text, ret);
	if (parse_dec(text, length, &id) && id < INT64_MAX) {
		TRY(db_number(db, ret, "SELECT id FROM dump WHERE id = ?", "i", (int64_t)id));
		if (*ret)
			return NULL;
	}
	if (length >= 6 && strspn(text, "0123456789abcdef") == length)
		return find_by_uid(db, text, ret);
	if (paths)
		return find_by_path(db, text, ret);
	return err_new(ERR_NOT_FOUND, "no dump %s", text);
}

/* --- times and sizes --- */

struct err *cmd_parse_duration(const char *text, int64_t *seconds)
{
	uint64_t ms;

	if (!config_parse_time(text, &ms) || ms / 1000 > UINT32_MAX)
		return err_new(ERR_INVALID, "not a duration (30, 15min, 36h, 7d): \"%s\"", text);
	*seconds = (ms + 999) / 1000; /* rounded up: 0 would mean for ever */
	return NULL;
}

void cmd_format_size(uint64_t bytes, char text[16])
{
	static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	double value = bytes;
	size_t unit = 0;

	while (value >= 1024 && unit + 1 < ARRAY_SIZE(units)) {
		value /= 1024;
		unit++;
	}
	snprintf(text, 16, unit && value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

void cmd_print_json(json_t *json)
{
	pager_open();
	json_dumpf(json, stdout, JSON_REALS | JSON_PRINTABLE | JSON_INDENT(1));
	putchar('\n');
	json_decref(json);
}
