/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a worker, who can open nothing, gets a module's file. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/worker/worker_files.h"

#include "base/cleanup.h"
#include "base/parse.h"
#include "daemon/worker/module_file.h"
#include "daemon/worker/object_file.h"
#include "daemon/worker/profile_file.h"
#include "kernel/open.h"

#define REQUEST_MAX 256

/* Room for one descriptor. */
union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

/* One byte, and with it a descriptor if there is one. The worker may be dead: ignore errors. */
static void send_answer(int socket, int fd)
{
	struct iovec part = {.iov_base = (char[]){fd >= 0}, .iov_len = 1};
	union control control = {0};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

	if (fd >= 0) {
		message.msg_control = control.bytes;
		message.msg_controllen = sizeof(control.bytes);
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	}
	while (sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EINTR)
		;
}

/* One of ours, by its number from 1 on. */
static int open_own(const int *fds, size_t count, const char *number)
{
	uint64_t n;

	return parse_dec(number, strlen(number), &n) && n && n <= count
		       ? fcntl(fds[n - 1], F_DUPFD_CLOEXEC, 3)
		       : -1;
}

/* The one that was given may lie anywhere: a person said where. */
static int open_profile(struct worker_files *files, const char *what, const char *name)
{
	if (files->profiles_asked++ >= WORKER_PROFILES_MAX)
		return -1;
	if (!strcmp(what, OPEN_PROFILE_SITE))
		return profile_file_open(files->site_profiles, name);
	if (!strcmp(what, OPEN_PROFILE_KEPT))
		return profile_file_open(files->kept_profiles, name);
	return files->profile ? open(files->profile, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
			      : -1;
}

static bool is_profile(const char *what)
{
	return !strcmp(what, OPEN_PROFILE) || !strcmp(what, OPEN_PROFILE_SITE) ||
	       !strcmp(what, OPEN_PROFILE_KEPT);
}

static int open_asked(struct worker_files *files, const char *what, const char *name)
{
	if (!strcmp(what, OPEN_LOG))
		return open_own(files->logs, files->log_count, name);
	if (!strcmp(what, OPEN_PART))
		return open_own(files->parts, files->part_count, name);
	if (is_profile(what))
		return open_profile(files, what, name);
	if (files->asked >= WORKER_FILES_MAX)
		return -1;
	files->asked++;
	if (!strcmp(what, OPEN_DEBUG))
		return object_file_debug(files->sysroot, name);
	return strcmp(what, OPEN_OBJECT) ? module_file_open(files->directory, what, name)
					 : object_file_open(files->sysroot, name);
}

bool worker_files_answer(struct worker_files *files, int socket)
{
	char request[REQUEST_MAX];
	ssize_t length = recv(socket, request, sizeof(request) - 1, MSG_DONTWAIT);

	if (length < 0)
		return errno == EAGAIN || errno == EINTR;
	if (!length)
		return false;
	request[length] = '\0';
	char *name = strchr(request, '/');
	_close_ int fd = -1;
	if (name) {
		*name++ = '\0';
		fd = open_asked(files, request, name);
	}
	send_answer(socket, fd);
	return true;
}

int worker_files_ask(int socket, const char *release, const char *module)
{
	char request[REQUEST_MAX], byte;
	struct iovec part = {.iov_base = &byte, .iov_len = 1};
	union control control = {0};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control.bytes,
				 .msg_controllen = sizeof(control.bytes)};
	int length = snprintf(request, sizeof(request), "%s/%s", release, module), fd = -1;

	if (length < 0 || (size_t)length >= sizeof(request) ||
	    write(socket, request, (size_t)length) != length)
		return -1;
	ssize_t got;
	while ((got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
		;
	struct cmsghdr *header = got == 1 ? CMSG_FIRSTHDR(&message) : NULL;
	if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS &&
	    header->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(header), sizeof(fd));
	return fd;
}
