/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the store to a site's command, verdict by verdict, and what is done when that fails. */
#include "daemon/deliver/deliver.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"
#include "daemon/backoff.h"
#include "daemon/deliver/deliver_command.h"
#include "daemon/deliver/deliver_state.h"
#include "daemon/log.h"
#include "daemon/notify.h"
#include "daemon/store/export.h"
#include "daemon/store/report.h"

#define PAUSE_MS 1000	    /* with nothing to deliver */
#define RETRY_MAX_MS 300000 /* between tries */
#define WORDS_MAX 16	    /* of the command's environment */

struct deliver {
	const struct deliver_options *options;
	struct store *store;
	struct deliver_state state;
	struct backoff backoff;
	int64_t failures; /* one after another */
	int lock;
};

static void deinit(struct deliver *deliver)
{
	store_close(deliver->store);
	deliver_state_deinit(&deliver->state);
	if (deliver->lock >= 0)
		close(deliver->lock);
}

static struct err *save(struct deliver *deliver)
{
	return err_wrap(deliver_state_write(deliver->options->keep_dir, &deliver->state),
			"what was delivered cannot be noted");
}

/* --- where the cursor stands ------------------------------------------------------------------ */

static struct err *begin(struct deliver *deliver, char *epoch)
{
	int64_t behind;

	free(deliver->state.epoch);
	deliver->state.epoch = epoch;
	deliver->state.cursor = 0;
	json_array_clear(deliver->state.anchors);
	if (deliver->options->from_now && !deliver->state.delivered)
		TRY(export_head(deliver->store, &deliver->state.cursor));
	TRY(export_lag(deliver->store, deliver->state.cursor, &behind));
	if (behind)
		log_line(LOG_NOTICE, "%" PRId64 " verdict%s already, to be delivered now", behind,
			 behind == 1 ? " is there" : "s are there");
	return save(deliver);
}

/* Of an older copy, what it shares with the store that was: behind that all is delivered, some of it again. */
static struct err *go_back(struct deliver *deliver)
{
	struct deliver_state *state = &deliver->state;
	bool there = false;

	log_line(LOG_NOTICE, "an older copy of the store was put back: what came after it is "
			     "delivered as it comes again");
	while (json_array_size(state->anchors) && !there) {
		const json_t *anchor = json_array_get(state->anchors, 0);

		TRY(export_has(deliver->store, json_integer_at(anchor, "number"),
			       json_string_at(anchor, "uid"), &there));
		if (there)
			state->cursor = json_integer_at(anchor, "number");
		else
			json_array_remove(state->anchors, 0);
	}
	if (!there)
		state->cursor = 0;
	return save(deliver);
}

static struct err *check_place(struct deliver *deliver)
{
	_free_ char *epoch = NULL;
	bool same;

	TRY(export_epoch(deliver->store, &epoch));
	if (deliver->state.epoch && !strcmp(epoch, deliver->state.epoch)) {
		TRY(export_is_same(deliver->store, deliver->state.cursor, deliver->state.anchors,
				   &same));
		return same ? NULL : go_back(deliver);
	}
	if (deliver->state.epoch)
		log_line(LOG_NOTICE, "the store was begun anew");
	return begin(deliver, take_ptr(epoch));
}

/* --- a verdict -------------------------------------------------------------------------------- */

/* What a command may want to know without reading JSON; escaped: each is one printable line. */
static void add_word(char **words, size_t *count, const char *name, const char *value)
{
	_str_ struct str text = {0};

	if (!value || *count + 1 >= WORDS_MAX)
		return;
	str_puts(&text, name);
	str_puts(&text, "=");
	str_escape(&text, value, strlen(value));
	words[(*count)++] = str_take(&text);
}

static void make_words(const struct deliver *deliver, const struct export_item *item, char **words)
{
	char cursor[64], id[24], attempt[24];
	size_t count = 0;

	snprintf(cursor, sizeof(cursor), "%.40s-%" PRId64, deliver->state.epoch, item->number);
	snprintf(id, sizeof(id), "%" PRId64, item->dump);
	snprintf(attempt, sizeof(attempt), "%" PRId64, deliver->state.attempts + 1);
	add_word(words, &count, "TRIAGE_CURSOR", cursor);
	add_word(words, &count, "TRIAGE_ID", id);
	add_word(words, &count, "TRIAGE_ATTEMPT", attempt);
	add_word(words, &count, "TRIAGE_STATE", item->state);
	add_word(words, &count, "TRIAGE_UID", json_string_at(item->report, "uid"));
	add_word(words, &count, "TRIAGE_HOST", json_string_at(item->report, "system.hostname"));
	add_word(words, &count, "TRIAGE_KERNEL", json_string_at(item->report, "system.release"));
	add_word(words, &count, "TRIAGE_CAUSE", json_string_at(item->report, "verdict.cause"));
	add_word(words, &count, "TRIAGE_SEVERITY",
		 json_string_at(item->report, "verdict.severity"));
	add_word(words, &count, "TRIAGE_HEADLINE",
		 json_string_at(item->report, "verdict.headline"));
	add_word(words, &count, "TRIAGE_SIGNATURE",
		 json_string_at(item->report, "verdict.signature.exact"));
	add_word(words, &count, "TRIAGE_TICKET",
		 json_string_at(item->report, "verdict.annotation.ticket"));
}

static struct err *run_command(const struct deliver *deliver, const struct export_item *item)
{
	_free_ char *document = report_format(item->report, false), *line = NULL;
	char *words[WORDS_MAX] = {NULL};
	int length = document ? asprintf(&line, "%s\n", document) : -1;
	struct deliver_command command = {.command = deliver->options->command,
					  .environment = words,
					  .timeout_ms = deliver->options->timeout_ms};
	struct err *err;

	if (length < 0)
		return &err_nomem;
	command.input = line;
	command.length = (size_t)length;
	make_words(deliver, item, words);
	err = deliver_command_run(&command);
	for (size_t i = 0; i < WORDS_MAX; i++)
		free(words[i]);
	return err;
}

/* It goes on, or a verdict was delivered. */
static void resumed(struct deliver *deliver)
{
	struct deliver_state *state = &deliver->state;

	backoff_reset(&deliver->backoff);
	if (!state->why)
		return;
	log_line(LOG_NOTICE, "verdicts are delivered again, after %" PRId64 " s",
		 time(NULL) - state->waits_since_s);
	free(take_ptr(state->why));
	deliver->failures = 0;
	state->waits_since_s = 0;
}

static struct err *deliver_next(struct deliver *deliver, bool *found)
{
	_export_item_ struct export_item item = {0};
	struct err *err;

	TRY(export_next(deliver->store, deliver->state.cursor, &item, found));
	if (!*found)
		return NULL;
	err = run_command(deliver, &item);
	if (err) {
		deliver->state.attempts++;
		return err_wrap(err, "verdict %" PRId64 " of dump %" PRId64 ", try %" PRId64,
				item.number, item.dump, deliver->state.attempts);
	}
	resumed(deliver);
	deliver_state_advance(&deliver->state, item.number, json_string_at(item.report, "uid"));
	return save(deliver);
}

/* --- a round ---------------------------------------------------------------------------------- */

/* Opened anew each round, since the daemon may begin another file; a server's connection stays while it is good. */
static struct err *open_store(struct deliver *deliver)
{
	const char *path = deliver->options->database;

	if (deliver->options->server) {
		if (deliver->store)
			return NULL;
		return store_open_server(deliver->options->server, DB_READ_ONLY, &deliver->store);
	}
	store_close(take_ptr(deliver->store));
	if (access(path, R_OK))
		return err_errno(errno, "%s", path);
	return store_open(path, DB_READ_ONLY, &deliver->store);
}

static struct err *round_once(struct deliver *deliver)
{
	bool found = true;

	TRY(open_store(deliver));
	TRY(check_place(deliver));
	while (found)
		TRY(deliver_next(deliver, &found));
	if (!deliver->state.why)
		return NULL;
	resumed(deliver);
	return save(deliver);
}

/* --- trouble ---------------------------------------------------------------------------------- */

static bool is_power_of_two(int64_t number)
{
	return !(number & (number - 1));
}

/* A line for the first failure, the second, the fourth and so on; the state has it as long as it lasts. */
static void trouble(struct deliver *deliver, struct err *err)
{
	struct deliver_state *state = &deliver->state;
	int64_t behind = 0;

	if (!state->why)
		state->waits_since_s = time(NULL);
	free(state->why);
	state->why = strdup(err->message);
	if (deliver->store)
		(void)err_ok(export_lag(deliver->store, state->cursor, &behind));
	if (is_power_of_two(++deliver->failures))
		log_line(LOG_WARNING, "%" PRId64 " verdict%s, tried again until that works: %s",
			 behind, behind == 1 ? " waits" : "s wait", err->message);
	notify_send("STATUS=%" PRId64 " verdicts behind: %s", behind, err->message);
	err_free(err);
	(void)err_ok(save(deliver));
	store_close(take_ptr(deliver->store));
}

/* --- without end ------------------------------------------------------------------------------ */

static void run_on(struct deliver *deliver)
{
	for (;;) {
		struct err *err = round_once(deliver);

		if (err) {
			trouble(deliver, err);
			backoff_wait(&deliver->backoff);
			continue;
		}
		notify_send("STATUS=%" PRId64 " verdicts delivered", deliver->state.delivered);
		backoff_pause(PAUSE_MS);
	}
}

struct err *deliver_run(const struct deliver_options *options)
{
	_cleanup_(deinit) struct deliver deliver = {
		.options = options, .lock = -1, .backoff = {.most_ms = RETRY_MAX_MS}};

	TRY(deliver_state_lock(options->keep_dir, &deliver.lock)); /* two would mix up the order */
	TRY(deliver_state_load(options->keep_dir, &deliver.state));
	signal(SIGPIPE, SIG_IGN);
	if (options->once)
		return round_once(&deliver);
	notify_send("READY=1");
	log_line(LOG_INFO, "delivering each verdict to: %s", options->command);
	run_on(&deliver);
	return NULL;
}
