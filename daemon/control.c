/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What triage may ask of the running daemon, and the answers. */
#include "daemon/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "daemon/control_socket.h"
#include "daemon/jobs.h"
#include "daemon/log.h"
#include "daemon/outbox.h"
#include "daemon/retention.h"
#include "daemon/store/annotation.h"
#include "daemon/store/queue.h"

#define CLIENTS_MAX 16

struct client {
	struct control *control;
	int fd; /* -1: free */
};

struct control {
	struct daemon *daemon;
	int fd;
	struct client clients[CLIENTS_MAX];
};

/* --- what can be asked --- */

static json_t *disk_status(const char *path)
{
	json_t *disk = json_object();
	struct statvfs fs;

	json_put(disk, "path", json_escaped(path));
	if (!statvfs(path, &fs)) {
		json_put(disk, "free_bytes", json_integer(fs.f_bavail * fs.f_frsize));
		json_put(disk, "size_bytes", json_integer(fs.f_blocks * fs.f_frsize));
	}
	return disk;
}

/* The lists of a status may have long paths in them: as many as one packet holds are told. */
static void fit_packet(json_t *status)
{
	static const char *const lists[] = {"spool.refused", "spool.waiting", "broken_rules"};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		json_t *list = json_at(status, lists[i]);

		while (json_array_size(list) &&
		       json_dumpb(status, NULL, 0, JSON_COMPACT) > CONTROL_SOCKET_PACKET_MAX - 64)
			json_array_remove(list, json_array_size(list) - 1);
	}
}

/* Damaged databases that still lie there: whoever deletes one has heard of it. */
static void put_damaged(struct daemon *daemon, json_t *status)
{
	json_t *damaged = NULL, *one;
	size_t i;

	if (!store_guard_get(daemon->guard) ||
	    !store_guard_check(daemon->guard,
			       store_damaged(store_guard_get(daemon->guard), &damaged),
			       "list damaged databases"))
		return;
	for (i = json_array_size(damaged); i-- > 0;) {
		_free_ char *path = NULL;

		one = json_array_get(damaged, i);
		if (asprintf(&path, "%s/%s", daemon->state_dir, json_string_at(one, "file")) >= 0 &&
		    access(path, F_OK))
			json_array_remove(damaged, i);
	}
	json_put(status, "damaged", damaged);
}

json_t *control_status(struct daemon *daemon)
{
	const char *trouble;
	json_t *status = json_object(), *counts = NULL, *disks = json_array();
	int64_t waiting = 0;

	json_put(status, "version", json_escaped(TRIAGE_VERSION));
	json_put(status, "pid", json_integer(getpid()));
	json_put(status, "uptime_s", json_integer(time(NULL) - daemon->started_at));
	if (store_guard_get(daemon->guard) &&
	    store_guard_check(daemon->guard, queue_counts(store_guard_db(daemon->guard), &counts),
			      "count jobs"))
		json_put(status, "queue", counts);
	if (store_guard_get(daemon->guard) &&
	    store_guard_check(daemon->guard, queue_waiting(store_guard_db(daemon->guard), &waiting),
			      "count jobs that wait"))
		json_put(status, "waiting_for_room", json_integer(waiting));
	put_damaged(daemon, status);
	json_put(status, "broken_rules", json_copy(daemon->rule_faults));
	trouble = store_guard_trouble(daemon->guard); /* counting may have shown it */
	json_put(status, "store", json_escaped(trouble ? trouble : "ok"));
	json_put(status, "running", jobs_status(daemon->jobs));
	json_put(status, "spool", spool_status(daemon->spool));
	json_array_append_new(disks, disk_status(daemon->state_dir));
	for (size_t i = 0; i < daemon->config->spool.count; i++)
		json_array_append_new(disks, disk_status(daemon->config->spool.items[i]));
	json_put(status, "disks", disks);
	return status;
}

static struct err *answer_status(struct daemon *daemon, const json_t *request, json_t **ret)
{
	(void)request;
	*ret = control_status(daemon);
	fit_packet(*ret);
	return NULL;
}

static struct err *need_store(struct daemon *daemon)
{
	if (store_guard_get(daemon->guard))
		return NULL;
	return err_new(ERR_IO, "the store is not usable: %s", store_guard_trouble(daemon->guard));
}

static struct err *answer_retry(struct daemon *daemon, const json_t *request, json_t **ret)
{
	struct err *err;

	TRY(need_store(daemon));
	err = queue_retry(store_guard_db(daemon->guard), json_integer_at(request, "id"),
			  time(NULL));
	if (err && err->code != ERR_IO && err->code != ERR_CORRUPT)
		return err; /* the asker's mistake */
	if (!store_guard_check(daemon->guard, err, "retry"))
		return need_store(daemon);
	jobs_wake(daemon->jobs);
	*ret = json_object();
	return NULL;
}

static struct err *answer_annotate(struct daemon *daemon, const json_t *request, json_t **ret)
{
	const struct annotation_words words = {.ticket = json_string_at(request, "ticket"),
					       .cause = json_string_at(request, "cause"),
					       .note = json_string_at(request, "note"),
					       .fixed = json_string_at(request, "fixed")};
	struct err *err;

	TRY(need_store(daemon));
	err = annotation_put(store_guard_get(daemon->guard), json_integer_at(request, "id"), &words,
			     time(NULL));
	if (err && err->code != ERR_IO && err->code != ERR_CORRUPT)
		return err; /* the asker's mistake */
	if (!store_guard_check(daemon->guard, err, "annotate"))
		return need_store(daemon);
	outbox_wake(daemon->outbox);
	*ret = json_object();
	return NULL;
}

static struct err *answer_prune(struct daemon *daemon, const json_t *request, json_t **ret)
{
	int64_t forget = json_integer_at(request, "forget_s"), records = 0;
	struct retention_result result;

	TRY(need_store(daemon));
	result = retention_run(daemon->retention);
	if (forget > 0 && store_guard_get(daemon->guard) &&
	    !store_guard_check(
		    daemon->guard,
		    queue_prune(store_guard_db(daemon->guard), time(NULL) - forget, &records),
		    "prune"))
		return need_store(daemon);
	*ret = json_object();
	json_put(*ret, "reports", json_integer(result.reports));
	json_put(*ret, "dumps", json_integer(result.dumps));
	json_put(*ret, "records", json_integer(records));
	return NULL;
}

/* What stands between a file and its verdict, as far as the store does not say. */
static struct err *answer_about(struct daemon *daemon, const json_t *request, json_t **ret)
{
	const char *path = json_string_at(request, "path"), *real = json_string_at(request, "real");

	if (!path || *path != '/')
		return err_new(ERR_INVALID, "not an absolute path");
	*ret = spool_about(daemon->spool, path, real && *real == '/' ? real : path);
	json_put(*ret, "store", json_escaped(store_guard_trouble(daemon->guard)));
	return NULL;
}

static struct err *answer_scan(struct daemon *daemon, const json_t *request, json_t **ret)
{
	(void)request;
	spool_rescan(daemon->spool);
	*ret = json_object();
	return NULL;
}

static const struct {
	const char *verb;
	struct err *(*answer)(struct daemon *daemon, const json_t *request, json_t **ret);
} verbs[] = {
	{"status", answer_status}, {"retry", answer_retry}, {"prune", answer_prune},
	{"scan", answer_scan},	   {"about", answer_about}, {"annotate", answer_annotate},
};

static struct err *answer(struct daemon *daemon, const char *packet, size_t length, json_t **ret)
{
	_json_ json_t *request = json_loadb(packet, length, 0, NULL);
	const char *verb = json_string_at(request, "verb");

	for (size_t i = 0; verb && i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verb, verbs[i].verb))
			return verbs[i].answer(daemon, request, ret);
	return err_new(ERR_INVALID, "not a request");
}

/* --- the socket --- */

static void hang_up(struct client *client)
{
	loop_remove(client->control->daemon->loop, client->fd);
	close(client->fd);
	client->fd = -1;
}

/* One request, one answer. Sending does not wait: a client that does not read gets no answer. */
static void on_client(void *context)
{
	struct client *client = context;
	static char packet[CONTROL_SOCKET_PACKET_MAX];
	ssize_t length = recv(client->fd, packet, sizeof(packet), MSG_DONTWAIT);
	_json_ json_t *reply = json_object();
	json_t *ok = NULL;
	_err_ struct err *err = NULL;
	_free_ char *text = NULL;

	if (length > 0) {
		err = answer(client->control->daemon, packet, length, &ok);
		json_put(reply, "ok", ok);
		if (err) {
			json_t *error = json_object();

			json_put(error, "code", json_escaped(err_code_name(err->code)));
			json_put(error, "message", json_escaped(err->message));
			json_put(reply, "error", error);
		}
		text = json_dumps(reply, JSON_COMPACT);
		if (text && send(client->fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
			log_line(LOG_DEBUG, "control: %s", strerror(errno));
	}
	hang_up(client);
}

static void on_connect(void *context)
{
	struct control *control = context;
	int fd = accept4(control->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		struct client *client = &control->clients[i];
		struct err *err;

		if (client->fd >= 0)
			continue;
		err = loop_add(control->daemon->loop, fd, on_client, client);
		if (!err) {
			client->fd = fd;
			return;
		}
		log_error(LOG_ERR, err, "control");
		close(fd);
		return;
	}
	/* All places are taken, perhaps by clients that never ask: the first has to go. */
	hang_up(&control->clients[0]);
	close(fd);
}

struct err *control_create(struct daemon *daemon, struct control **ret)
{
	_cleanup_(cleanup_control_destroy) struct control *control = calloc(1, sizeof(*control));
	struct sockaddr_un address;

	if (!control)
		return &err_nomem;
	control->daemon = daemon;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		control->clients[i] = (struct client){control, -1};
	TRY(control_socket_address(daemon->run_dir, &address));
	control->fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (control->fd < 0)
		return err_errno(errno, "socket");
	unlink(address.sun_path);
	if (bind(control->fd, (struct sockaddr *)&address, sizeof(address)) ||
	    chmod(address.sun_path, 0660) || listen(control->fd, CLIENTS_MAX))
		return err_errno(errno, "listen on %s", address.sun_path);
	TRY(loop_add(daemon->loop, control->fd, on_connect, control));
	*ret = take_ptr(control);
	return NULL;
}

void control_destroy(struct control *control)
{
	struct sockaddr_un address;

	if (!control)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (control->clients[i].control && control->clients[i].fd >= 0)
			hang_up(&control->clients[i]);
	if (control->fd > 0) {
		loop_remove(control->daemon->loop, control->fd);
		close(control->fd);
		if (err_ok(control_socket_address(control->daemon->run_dir, &address)))
			unlink(address.sun_path);
	}
	free(control);
}
