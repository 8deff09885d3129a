/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage show: a verdict of the store on one screen, or parts of it in full. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon/cli/cmd_common.h"
#include "daemon/cli/parts.h"
#include "daemon/cli/when.h"
#include "daemon/cli/whole_log.h"
#include "daemon/store/history.h"
#include "daemon/store/queue.h"
#include "daemon/store/report.h"
#include "daemon/worker/log_set.h"
#include "rules/db.h"

enum { OPTION_UTC = 1, OPTION_DMESG };
extern const struct verb show_verb;

static const struct option options[] = {
#define SECTION(name) {#name, no_argument, NULL, OPTION_SECTION + SECTION_##name},
#include "daemon/render/sections.def"
#undef SECTION
	{"dot", no_argument, NULL, OPTION_DOT},
	{"html", no_argument, NULL, OPTION_HTML},
	{"output", required_argument, NULL, OPTION_OUTPUT},
	{"dmesg", no_argument, NULL, OPTION_DMESG},
	{"utc", no_argument, NULL, OPTION_UTC},
	CMD_STORE_OPTIONS,
	{0},
};

/* --- what the store knows of a dump beside its verdict ---------------------------------------- */

struct record {
	char state[64], crash_time[2 * WHEN_SIZE + 2];
	struct str seen;
};

static struct err *read_job(struct db *db, int64_t dump, const struct when *when,
			    struct record *record)
{
	char date[WHEN_SIZE], ago[WHEN_SIZE];
	struct stmt *stmt;
	bool row;

	TRY(db_query(db, &stmt,
		     "SELECT state, removed_at IS NOT NULL, crash_time FROM job WHERE dump = ?",
		     "i", dump));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return NULL;
	snprintf(record->state, sizeof(record->state), "%.20s%s", stmt_text(stmt, 0),
		 stmt_int(stmt, 1) ? ", its file is gone" : "");
	when_zoned(stmt_int(stmt, 2), when, date);
	when_ago(stmt_int(stmt, 2), when, ago);
	snprintf(record->crash_time, sizeof(record->crash_time), "%s, %s", date, ago);
	stmt_reset(stmt);
	return NULL;
}

/* How often the same crash was there, the last of those before, and how many there were since. */
static struct err *read_seen(struct store *store, int64_t dump, const struct when *when,
			     struct record *record)
{
	_history_ struct history history = {0};
	char before[WHEN_SIZE];

	TRY(history_read(store, dump, &history));
	history_put(&history, when->utc, &record->seen);
	when_zoned(history.before_s, when, before);
	if (history.before)
		str_printf(&record->seen, "; last as dump %" PRId64 ", %s", history.before, before);
	if (history.after)
		str_printf(&record->seen, "; since then %" PRId64 " time%s", history.after,
			   history.after > 1 ? "s" : "");
	return NULL;
}

/* --- the verb --------------------------------------------------------------------------------- */

struct show {
	struct cmd *cmd;
	struct parts parts;
	struct when when;
	bool dmesg;
};

static struct err *newest(struct cmd *cmd, int64_t *ret)
{
	*ret = 0;
	TRY(db_number(store_db(cmd->store), ret,
		      "SELECT dump FROM job ORDER BY crash_time DESC, dump DESC LIMIT 1", ""));
	return *ret ? NULL : err_new(ERR_NOT_FOUND, "there is no dump yet");
}

static struct err *print_page(const struct show *show, int64_t dump, const json_t *report)
{
	struct store *store = show->cmd->store;
	struct record record = {.seen = {0}};

	struct err *err = read_job(store_db(store), dump, &show->when, &record);
	if (!err)
		err = read_seen(store, dump, &show->when, &record);
	const struct render_record shown = {dump, record.state, record.crash_time,
					    record.seen.data ? record.seen.data : ""};
	if (!err)
		err = parts_print(&show->parts, report, *record.state ? &shown : NULL);
	str_deinit(&record.seen);
	return err;
}

/* Of a log in several files, those that are there. */
static struct err *add_files(const json_t *logs, struct log_set *ret)
{
	const json_t *log;
	size_t i;

	json_array_foreach (logs, i, log) {
		const char *path = json_string_value(log);

		if (!path || access(path, R_OK) || ret->count == LOG_SET_MAX)
			continue;
		ret->paths[ret->count] = strdup(path);
		if (!ret->paths[ret->count])
			return &err_nomem;
		ret->count++;
	}
	return NULL;
}

/* The files of a log, or the dump's if it is there, else the log that lay beside it. */
static struct err *find_log(struct cmd *cmd, int64_t dump, struct log_set *ret)
{
	_json_ json_t *companions = NULL;
	_free_ char *path = NULL;
	struct stmt *stmt;
	const char *dmesg;
	bool row;

	TRY(db_query(store_db(cmd->store), &stmt,
		     "SELECT d.path, j.companions FROM dump d JOIN job j ON j.dump = d.id "
		     "WHERE d.id = ?",
		     "i", dump));
	TRY(stmt_step(stmt, &row));
	if (!row)
		return err_new(ERR_NOT_FOUND, "dump %" PRId64 " is not the daemon's", dump);
	TRY(stmt_column_dup(stmt, 0, &path));
	companions = stmt_is_null(stmt, 1) ? NULL : json_loads(stmt_text(stmt, 1), 0, NULL);
	stmt_reset(stmt);
	TRY(add_files(json_object_get(companions, QUEUE_LOGS), ret));
	if (ret->count)
		return NULL;
	dmesg = json_string_at(companions, "dmesg");
	if (path && access(path, R_OK) && dmesg && !access(dmesg, R_OK))
		ret->paths[0] = strdup(dmesg);
	else
		ret->paths[0] = take_ptr(path);
	ret->count = ret->paths[0] != NULL;
	return ret->count ? NULL : err_new(ERR_NOT_FOUND, "it is not known where the dump lies");
}

/* The store keeps what was found in a log, not the log: it is read from the file again. */
static struct err *print_log(struct cmd *cmd, int64_t dump)
{
	const struct worker_options limits = {.timeout_s = 0};
	_input_ struct input input = INPUT_NONE;
	_log_set_ struct log_set set = {0};
	struct err *err;

	TRY(find_log(cmd, dump, &set));
	err = input_open_set(set.paths, set.count, NULL, &input);
	if (err)
		return err_wrap(err,
				"the store keeps no logs, and the dump cannot be read (--log has "
				"what was found in its log)");
	return whole_log_print(set.paths[0], &input, &limits, cmd->json);
}

/* subject: NULL for the newest crash. */
static struct err *show_dump(const struct show *show, const char *subject)
{
	_json_ json_t *report = NULL;
	struct cmd *cmd = show->cmd;
	int64_t dump;

	TRY(cmd_open(cmd));
	TRY(subject ? cmd_find_dump(cmd, subject, true, &dump) : newest(cmd, &dump));
	if (show->dmesg && !cmd->server)
		return print_log(cmd, dump);
	TRY(report_build(cmd->store, dump, &report));
	if (show->dmesg)
		return err_new(ERR_UNSUPPORTED,
			       "the dump's file lies on its host: triage show --dmesg %s there",
			       json_string_at(report, "uid"));
	if (!cmd->json)
		return print_page(show, dump, report);
	cmd_print_json(json_incref(report));
	return NULL;
}

static int run(int argc, char **argv)
{
	_cmd_ struct cmd cmd = {.verb = &show_verb};
	struct show show = {.cmd = &cmd, .when = {.now = time(NULL)}};
	struct err *err;
	int option;

	while ((option = cmd_option(&cmd, argc, argv, options)) != -1) {
		if (option == '?')
			return STATUS_USAGE;
		if (parts_take(&show.parts, option))
			continue;
		show.when.utc |= option == OPTION_UTC;
		show.dmesg |= option == OPTION_DMESG;
	}
	if (optind + 1 < argc)
		err = err_new(ERR_INVALID, "show takes one ID");
	else
		err = parts_check(&show.parts, cmd.json || show.dmesg);
	if (!err)
		err = show_dump(&show, argv[optind]);
	return err ? cmd_fail(cmd.json, err) : STATUS_OK;
}

const struct verb show_verb = {
	.name = "show",
	.synopsis = "show [ID|PATH]"
#define SECTION(name) " [--" #name "]"
#include "daemon/render/sections.def"
#undef SECTION
		    " [--dot] [--html [-o FILE]] [--dmesg] [--utc] [--json]" CMD_STORE_SYNOPSIS,
	.summary = "a verdict on one screen, or parts of it in full; the newest crash without ID",
	.options = "  --dmesg            the whole kernel log, read from the dump's file again\n"
		   "  --utc              times in UTC, not in local time\n",
	.put_options = parts_help,
	.any_store = true,
	.run = run,
};
