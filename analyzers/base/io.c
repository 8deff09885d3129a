/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Read and write, whole. */
#include "base/io.h"

#include <errno.h>
#include <unistd.h>

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
