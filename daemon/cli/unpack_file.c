/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unpacks a compressed dump for a verb, which has nothing else to do meanwhile. */
#include "daemon/cli/unpack_file.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/str.h"
#include "daemon/worker/unpack.h"

#define LOOK_MS 500 /* the time-out does not wake us */

static const char *directory(void)
{
	const char *given = getenv("TMPDIR");

	/* /tmp is memory on many machines, and a dump may be as large as that. */
	return given && *given == '/' ? given : "/var/tmp";
}

enum sniff_format unpack_file_format(int fd)
{
	char head[SNIFF_BYTES];
	ssize_t length = pread(fd, head, sizeof(head), 0);
	enum sniff_format format = length > 0 ? sniff_format_of(head, (size_t)length) : SNIFF_NONE;

	return sniff_is_packed(format) ? format : SNIFF_NONE;
}

static struct err *wait_for(struct unpack *unpack, struct cmd_progress *progress, int *ret)
{
	char step[256];

	snprintf(step, sizeof(step), "unpack, into %.200s", directory());
	*ret = -1;
	while (*ret < 0) {
		struct pollfd ready = {.fd = unpack_fd(unpack), .events = POLLIN};

		cmd_progress_show(progress, step);
		if (poll(&ready, 1, LOOK_MS) < 0 && errno != EINTR)
			return err_errno(errno, "poll");
		TRY(unpack_read(unpack, ret));
	}
	return NULL;
}

struct err *unpack_file(int fd, enum sniff_format format, unsigned timeout_s,
			struct cmd_progress *progress, int *ret)
{
	_cleanup_(cleanup_unpack_destroy) struct unpack *unpack = NULL;
	struct unpack_options options = {
		.fd = fd, .format = format, .directory = directory(), .timeout_s = timeout_s};
	struct statvfs fs;
	struct err *err;

	if (statvfs(options.directory, &fs))
		return err_errno(errno, "%s, where dumps are unpacked", options.directory);
	options.size_max = (uint64_t)fs.f_bavail * fs.f_frsize;
	options.size_max -= MIN(options.size_max, UNPACK_FILE_RESERVE);
	if (!options.size_max)
		return err_new(ERR_LIMIT,
			       "no room in %s to unpack a dump: TMPDIR names another place",
			       options.directory);
	TRY(unpack_start(&options, &unpack));
	err = wait_for(unpack, progress, ret);
	cmd_progress_end(progress);
	return err ? err_wrap(err, "unpack, into %s (TMPDIR names another place)",
			      options.directory)
		   : NULL;
}

struct err *unpack_file_input(const char *path, const char *vmlinux, unsigned timeout_s,
			      struct cmd_progress *progress, struct input *input)
{
	int fd = -1;

	TRY(unpack_file(input->dmesg_fd, unpack_file_format(input->dmesg_fd), timeout_s, progress,
			&fd));
	return input_take_unpacked(input, path, vmlinux, fd);
}
