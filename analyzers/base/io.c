/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read and write, whole. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

struct err *io_read_at(int fd, uint64_t offset, void *buf, size_t length, size_t *got)
{
	*got = 0;
	while (*got < length) {
		ssize_t n = pread(fd, (char *)buf + *got, length - *got, (off_t)(offset + *got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "read");
		if (!n)
			break;
		*got += (size_t)n;
	}
	return NULL;
}

struct err *io_write_all(int fd, const void *data, size_t length)
{
	while (length) {
		ssize_t n = write(fd, data, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "write");
		data = (const char *)data + n;
		length -= (size_t)n;
	}
	return NULL;
}

/* Whatever the umask. */
static struct err *write_whole(const char *path, const char *text, mode_t mode)
{
	_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0)
		return err_errno(errno, "create %s", path);
	if (fchmod(fd, mode))
		return err_errno(errno, "chmod");
	TRY(io_write_all(fd, text, strlen(text)));
	return fsync(fd) ? err_errno(errno, "fsync") : NULL;
}

struct err *io_replace(const char *directory, const char *name, const char *text, mode_t mode)
{
	_free_ char *partial = NULL, *final = NULL;
	struct err *err;

	if (asprintf(&partial, "%s/.%s.tmp", directory, name) < 0) {
		partial = NULL;
		return &err_nomem;
	}
	if (asprintf(&final, "%s/%s", directory, name) < 0) {
		final = NULL;
		return &err_nomem;
	}
	err = write_whole(partial, text, mode);
	if (!err && rename(partial, final))
		err = err_errno(errno, "rename");
	if (err)
		unlink(partial);
	return err_wrap(err, "%s", final);
}
