/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flattened dump whose records are any bytes, put in order; and any bytes as a flattened dump. */
#include <endian.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kernel/dump/dump_flattened.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What others rely on: ascending, without overlaps, inside of file and dump. */
static void check(const struct flattened *flat, uint64_t file_size)
{
	for (size_t i = 0; i < flat->count; i++) {
		const struct flattened_segment *segment = &flat->segments[i];
		uint64_t end = segment->offset + segment->size;

		if (end < segment->offset || end > flat->size || segment->place > file_size ||
		    segment->size > file_size - segment->place ||
		    (i && segment->offset < segment[-1].offset + segment[-1].size) ||
		    (segment->size && flattened_find(flat, segment->offset) != segment))
			__builtin_trap();
	}
}

static void read_from(const uint8_t *data, size_t size, off_t at)
{
	_close_ int fd = memfd_create("flat", MFD_CLOEXEC);
	const struct {
		char signature[16];
		uint64_t type, version;
	} header = {"makedumpfile", htobe64(1), htobe64(1)};
	struct flattened flat = {0};

	if (fd < 0 || (at && pwrite(fd, &header, sizeof(header), 0) != sizeof(header)) ||
	    pwrite(fd, data, size, at) != (ssize_t)size)
		return;
	flattened_is(fd);
	if (!err_ok(flattened_read(fd, size + (uint64_t)at, &flat)))
		return;
	check(&flat, size + (uint64_t)at);
	flattened_deinit(&flat);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_from(data, size, 0);
	read_from(data, size, 4096);
	return 0;
}
