/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that is compressed as a whole, or looks like it: read in pieces as large as the first byte says. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/dump/packed_file.h"

#define UNPACKED_MAX (1u << 20) /* callers stop where they have enough */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		__builtin_trap();
}

static void read_all(struct packed_file *file, size_t piece)
{
	uint8_t *buf = malloc(piece);
	size_t got = 1, all = 0;

	while (got && all < UNPACKED_MAX) {
		got = 0;
		bool failed = !err_ok(packed_file_read(file, buf, piece, &got));

		check(got <= piece);
		all += got;
		if (failed)
			break;
	}
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(cleanup_packed_file_close) struct packed_file *file = NULL;
	_close_ int fd = memfd_create("packed", MFD_CLOEXEC);

	if (fd < 0 || !size || pwrite(fd, data + 1, size - 1, 0) != (ssize_t)(size - 1) ||
	    !err_ok(packed_file_open(fd, &file)))
		return 0;
	packed_file_format(file);
	read_all(file, (data[0] + 1u) * (data[0] & 1 ? 257 : 1));
	return 0;
}
