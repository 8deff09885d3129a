/* SPDX-License-Identifier: GPL-2.0-or-later */
/* triage status: what the running daemon says of itself. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/utc.h"
#include "daemon/cli/cmd_common.h"
#include "daemon/control_socket.h"
#include "daemon/deliver/deliver_state.h"
#include "daemon/forward/forward_state.h"
#include "daemon/render/render_json.h"
#include "daemon/store/export.h"
#include "daemon/store/queue.h"
#include "daemon/store/rule_faults.h"

extern const struct verb status_verb;

static const struct option options[] = {CMD_OPTIONS, {0}};

/* Without its store the daemon knows nothing of it: then as it was stored last, if that can be read. */
static void render_queue(const json_t *status, json_t *stored, struct str *out)
{
	json_t *queue = json_at(status, "queue");
	const char *key;
	json_t *value;

	str_puts(out, "queue    ");
	if (!queue && !stored)
		str_puts(out, " not known while the store cannot be used");
	else if (!json_object_size(queue ? queue : stored))
		str_puts(out, " empty");
	queue = queue ? queue : stored;
	json_object_foreach (queue, key, value)
		str_printf(out, " %lld %s", json_integer_value(value), key);
	if (stored)
		str_puts(out, ", as stored last; nothing runs until the store can be written");
	str_puts(out, "\n");
	if (json_integer_at(status, "waiting_for_room"))
		str_printf(out, "waiting   %lld for room to be unpacked in\n",
			   json_integer_at(status, "waiting_for_room"));
}

static void render_running(const json_t *status, struct str *out)
{
	json_t *item;
	size_t i;

	json_array_foreach (json_at(status, "running"), i, item) {
		str_printf(out, "running   %lld ", json_integer_at(item, "id"));
		render_put(out, "", json_string_at(item, "path"));
		render_put(out, ": ", json_string_at(item, "step"));
		str_printf(out, ", %lld s, pid %lld\n", json_integer_at(item, "seconds"),
			   json_integer_at(item, "pid"));
	}
}

static void render_spool(const json_t *status, struct str *out)
{
	json_t *item;
	size_t i;

	json_array_foreach (json_at(status, "spool.roots"), i, item) {
		str_puts(out, "spool     ");
		render_put(out, "", json_string_at(item, "path"));
		str_puts(out, json_is_true(json_at(item, "present"))
				      ? "\n"
				      : ": not there; it is looked for\n");
	}
	json_array_foreach (json_at(status, "spool.waiting"), i, item) {
		str_puts(out, "waiting   ");
		render_put(out, "", json_string_at(item, "path"));
		render_put(out, ": ", json_string_at(item, "why"));
		if (json_is_true(json_at(status, "spool.paused")))
			str_puts(out, "; looked at again when the store can be written\n");
		else
			str_printf(out, "; looked at again in %lld s, or once it changes\n",
				   json_integer_at(item, "due_s"));
	}
	if (json_integer_at(status, "spool.waiting_count") > (long long)i)
		str_printf(out, "waiting   %lld in all\n",
			   json_integer_at(status, "spool.waiting_count"));
}

static void render_refused(const json_t *status, struct str *out)
{
	json_t *item;
	size_t i;

	json_array_foreach (json_at(status, "spool.refused"), i, item) {
		str_puts(out, "refused   ");
		render_put(out, "", json_string_at(item, "path"));
		render_put(out, ": ", json_string_at(item, "why"));
		str_puts(out, "\n");
	}
	if (json_integer_at(status, "spool.refused_count") > (long long)i)
		str_printf(out, "refused   %lld in all\n",
			   json_integer_at(status, "spool.refused_count"));
}

static void render_disks(const json_t *status, struct str *out)
{
	json_t *item;
	size_t i;

	json_array_foreach (json_at(status, "disks"), i, item) {
		char free_text[16], size_text[16];

		if (!json_at(item, "size_bytes"))
			continue;
		cmd_format_size(json_integer_at(item, "free_bytes"), free_text);
		cmd_format_size(json_integer_at(item, "size_bytes"), size_text);
		str_puts(out, "disk      ");
		render_put(out, "", json_string_at(item, "path"));
		str_printf(out, ": %s free of %s\n", free_text, size_text);
	}
}

static void render_damaged(const json_t *status, struct str *out)
{
	json_t *item;
	size_t i;

	json_array_foreach (json_at(status, "damaged"), i, item) {
		char time[UTC_SIZE];

		if (!utc_format(json_integer_at(item, "noticed_at"), time))
			continue;
		str_puts(out, "damaged   ");
		render_put(out, "", json_string_at(item, "file"));
		str_printf(out, " was put aside at %s; %lld verdicts came back from reports\n",
			   time, json_integer_at(item, "verdicts"));
	}
}

/* Of a site: they are left out, and the others judge. */
static void render_rules(const json_t *status, struct str *out)
{
	json_t *item;
	size_t i;

	json_array_foreach (json_at(status, "broken_rules"), i, item) {
		_free_ char *text = rule_fault_text(item);

		render_put(out, "rule      ", text);
		str_puts(out, "; triage rules check has all\n");
	}
}

/* Where a forwarder runs: how far it is, and what it waits for. */
static void render_forward(const json_t *forward, struct str *out)
{
	const char *why = json_string_at(forward, "why");
	char time[UTC_SIZE];

	if (!forward)
		return;
	render_put(out, "forward   to ", json_string_at(forward, "to"));
	if (json_is_integer(json_at(forward, "behind")))
		str_printf(out, ": %lld verdicts behind", json_integer_at(forward, "behind"));
	if (!why && json_integer_at(forward, "sent_s") &&
	    utc_format(json_integer_at(forward, "sent_s"), time))
		str_printf(out, ", the last sent at %s", time);
	if (why && utc_format(json_integer_at(forward, "waits_since_s"), time))
		str_printf(out, ", waiting since %s", time);
	render_put(out, ": ", why);
	str_puts(out, json_is_true(json_at(forward, "running")) ? "\n" : "; it does not run now\n");
}

/* Where a deliverer has run: how far it is, and what it waits for. */
static void render_deliver(const json_t *deliver, struct str *out)
{
	const char *why = json_string_at(deliver, "why");
	long long delivered = json_integer_at(deliver, "delivered");
	char time[UTC_SIZE];

	if (!deliver)
		return;
	str_printf(out, "deliver   %lld verdict%s delivered", delivered, delivered == 1 ? "" : "s");
	if (!why && json_integer_at(deliver, "delivered_s") &&
	    utc_format(json_integer_at(deliver, "delivered_s"), time))
		str_printf(out, ", the last at %s", time);
	if (json_is_integer(json_at(deliver, "behind")))
		str_printf(out, "; %lld behind", json_integer_at(deliver, "behind"));
	if (why && utc_format(json_integer_at(deliver, "waits_since_s"), time))
		str_printf(out, ", waiting since %s", time);
	render_put(out, ": ", why);
	str_puts(out, json_is_true(json_at(deliver, "running")) ? "\n" : "; it does not run now\n");
}

static void render_status(const json_t *status, json_t *stored, struct str *out)
{
	render_put(out, "daemon    triaged ", json_string_at(status, "version"));
	str_printf(out, ", pid %lld, up %lld s\n", json_integer_at(status, "pid"),
		   json_integer_at(status, "uptime_s"));
	str_puts(out, "store     ");
	render_put(out, "", json_string_at(status, "store"));
	str_puts(out, "\n");
	render_damaged(status, out);
	render_rules(status, out);
	render_queue(status, stored, out);
	render_running(status, out);
	render_spool(status, out);
	render_refused(status, out);
	render_disks(status, out);
	render_forward(json_at(status, "forward"), out);
	render_deliver(json_at(status, "deliver"), out);
}

/* Behind by the store of now; not told where the cursor is of another one. */
static void put_behind(struct cmd *cmd, json_t *state)
{
	const char *of = json_string_at(state, "epoch");
	_free_ char *epoch = NULL;
	int64_t behind;

	if ((cmd->store || err_ok(cmd_open(cmd))) && err_ok(export_epoch(cmd->store, &epoch)) &&
	    of && !strcmp(of, epoch) &&
	    err_ok(export_lag(cmd->store, json_integer_at(state, "cursor"), &behind)))
		json_object_set_new(state, "behind", json_integer(behind));
}

/* What the forwarder wrote last, beside what the daemon says: NULL where none ever ran. */
static json_t *read_forward(struct cmd *cmd)
{
	json_t *forward = forward_state_read(cmd->run_dir);
	json_int_t pid;

	if (!forward)
		forward = forward_state_read(FORWARD_RUN_DIR);
	if (!forward)
		return NULL;
	put_behind(cmd, forward);
	pid = json_integer_at(forward, "pid");
	json_object_set_new(forward, "running",
			    json_boolean(pid > 1 && (!kill((pid_t)pid, 0) || errno == EPERM)));
	return forward;
}

/* The same of the deliverer. */
static json_t *read_deliver(struct cmd *cmd)
{
	json_t *deliver = deliver_state_read(cmd->state_dir);

	if (!deliver)
		deliver = deliver_state_read(DELIVER_KEEP_DIR);
	if (deliver)
		put_behind(cmd, deliver);
	return deliver;
}

/* The queue as the store has it, where the daemon cannot say. */
static json_t *stored_queue(struct cmd *cmd, const json_t *status)
{
	json_t *counts = NULL;

	if (!json_at(status, "queue") && (cmd->store || err_ok(cmd_open(cmd))))
		(void)err_ok(queue_counts(store_db(cmd->store), &counts));
	return counts;
}

static int run(int argc, char **argv)
{
	_json_ json_t *request = json_object(), *status = NULL, *stored = NULL;
	_cmd_ struct cmd cmd = {.verb = &status_verb};
	_str_ struct str out = {0};
	struct err *err;

	if (cmd_option(&cmd, argc, argv, options) == '?')
		return STATUS_USAGE;
	json_put(request, "verb", json_string("status"));
	err = control_socket_ask(cmd.run_dir, request, &status);
	if (err)
		return cmd_fail(cmd.json, err);
	json_put(status, "forward", read_forward(&cmd));
	json_put(status, "deliver", read_deliver(&cmd));
	if (cmd.json) {
		cmd_print_json(json_incref(status));
		return STATUS_OK;
	}
	stored = stored_queue(&cmd, status);
	render_status(status, stored, &out);
	fputs(out.data ? out.data : "", stdout);
	return STATUS_OK;
}

const struct verb status_verb = {
	.name = "status",
	.synopsis = "status [--json]",
	.summary = "the daemon, its queue, what it runs and what it waits for",
	.run = run,
};
