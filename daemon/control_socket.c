/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How triage's verbs talk to a running daemon. */
#include "daemon/control_socket.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define SOCKET_NAME "control"
#define ANSWER_TIMEOUT_S 30

struct err *control_socket_address(const char *run_dir, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (snprintf(ret->sun_path, sizeof(ret->sun_path), "%s/" SOCKET_NAME, run_dir) >=
	    (int)sizeof(ret->sun_path))
		return err_new(ERR_INVALID, "path too long: %s", run_dir);
	return NULL;
}

static struct err *connect_to(const char *run_dir, int *ret)
{
	struct timeval timeout = {.tv_sec = ANSWER_TIMEOUT_S};
	struct sockaddr_un address;
	_close_ int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return err_errno(errno, "socket");
	TRY(control_socket_address(run_dir, &address));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		if (errno == EACCES || errno == EPERM)
			return err_errno(errno, "%s: only root and the group triage may ask",
					 address.sun_path);
		return err_new(ERR_NOT_FOUND,
			       "the daemon does not run (%s: %s): systemctl start triaged",
			       address.sun_path, strerror(errno));
	}
	*ret = take_fd(fd);
	return NULL;
}

/* The error in the daemon's answer, with its code. */
static struct err *received_error(const json_t *error)
{
	const char *message = json_string_at(error, "message");
	const char *code = json_string_at(error, "code");

	for (int c = 0; code && c <= ERR_INVALID; c++)
		if (!strcmp(code, err_code_name(c)))
			return err_new(c, "%s", message ? message : "?");
	return err_new(ERR_CORRUPT, "the daemon's answer is not understood");
}

struct err *control_socket_ask(const char *run_dir, json_t *request, json_t **ret)
{
	_free_ char *text = json_dumps(request, JSON_COMPACT);
	_free_ char *packet = malloc(CONTROL_SOCKET_PACKET_MAX);
	_json_ json_t *reply = NULL;
	_close_ int fd = -1;
	ssize_t length;

	if (!text || !packet)
		return &err_nomem;
	TRY(connect_to(run_dir, &fd));
	if (send(fd, text, strlen(text), MSG_NOSIGNAL) < 0)
		return err_errno(errno, "ask the daemon");
	length = recv(fd, packet, CONTROL_SOCKET_PACKET_MAX, 0);
	if (length <= 0)
		return err_errno(length ? errno : EPIPE, "the daemon's answer");
	reply = json_loadb(packet, length, 0, NULL);
	if (!json_object_get(reply, "ok"))
		return received_error(json_object_get(reply, "error"));
	*ret = json_incref(json_object_get(reply, "ok"));
	return NULL;
}
