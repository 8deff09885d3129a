/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a dump's file at any offset, flattened or not. */
#include "kernel/dump/dump_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/dump/dump_flattened.h"

struct dump_file {
	int fd;
	uint64_t file_size;
	bool flattened;
	struct flattened flat;
};

struct err *dump_file_open(int fd, struct dump_file **ret)
{
	_cleanup_(cleanup_dump_file_close) struct dump_file *file = calloc(1, sizeof(*file));
	struct stat st;

	if (!file)
		return &err_nomem;
	if (fstat(fd, &st))
		return err_errno(errno, "stat the dump");
	if (!S_ISREG(st.st_mode))
		return err_new(ERR_INVALID, "not a regular file");
	file->fd = fd;
	file->file_size = (uint64_t)st.st_size;
	file->flattened = flattened_is(fd);
	if (file->flattened)
		TRY(flattened_read(fd, file->file_size, &file->flat));
	*ret = take_ptr(file);
	return NULL;
}

void dump_file_close(struct dump_file *file)
{
	if (file)
		flattened_deinit(&file->flat);
	free(file);
}

uint64_t dump_file_size(const struct dump_file *file)
{
	return file->flattened ? file->flat.size : file->file_size;
}

uint64_t dump_file_size_on_disk(const struct dump_file *file)
{
	return file->file_size;
}

bool dump_file_flattened(const struct dump_file *file)
{
	return file->flattened;
}

int dump_file_fd(const struct dump_file *file)
{
	return file->fd;
}

bool dump_file_truncated(const struct dump_file *file)
{
	return file->flat.truncated;
}

/* pread() that goes on after signals and short reads; stops at the end of the file. */
static struct err *read_file(const struct dump_file *file, uint64_t offset, char *buf,
			     size_t length, size_t *ret)
{
	size_t done = 0;

	while (done < length) {
		ssize_t got;

		/* Offsets come from the dump: beyond what off_t holds there is no data. */
		if (offset + done > INT64_MAX || offset + done < offset)
			break;
		got = pread(file->fd, buf + done, length - done, (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_errno(errno, "read the dump at offset 0x%" PRIx64,
					 offset + done);
		if (!got)
			break;
		done += (size_t)got;
	}
	*ret = done;
	return NULL;
}

/* Segment by segment; what lies between two was never written and is zero, as in a sparse file. */
static struct err *read_flat(const struct dump_file *file, uint64_t offset, char *buf,
			     size_t length, size_t *ret)
{
	size_t done = 0;

	while (done < length) {
		uint64_t at = offset + done;
		const struct flattened_segment *segment = flattened_find(&file->flat, at);
		size_t part, got;

		if (!segment || at < offset)
			break;
		if (at < segment->offset) {
			part = (size_t)MIN(length - done, segment->offset - at);
			memset(buf + done, 0, part);
			done += part;
			continue;
		}
		part = (size_t)MIN(length - done, segment->offset + segment->size - at);
		TRY(read_file(file, segment->place + (at - segment->offset), buf + done, part,
			      &got));
		done += got;
		if (got < part)
			break;
	}
	*ret = done;
	return NULL;
}

struct err *dump_file_read_some(struct dump_file *file, uint64_t offset, void *buf, size_t length,
				size_t *ret)
{
	return file->flattened ? read_flat(file, offset, buf, length, ret)
			       : read_file(file, offset, buf, length, ret);
}

uint64_t dump_file_next_data(const struct dump_file *file, uint64_t offset)
{
	off_t at;

	if (file->flattened) {
		const struct flattened_segment *segment = flattened_find(&file->flat, offset);

		return segment ? MAX(offset, segment->offset) : file->flat.size;
	}
	at = offset > INT64_MAX ? -1 : lseek(file->fd, (off_t)offset, SEEK_DATA);
	if (at >= 0)
		return (uint64_t)at;
	return errno == ENXIO ? file->file_size : offset;
}

struct err *dump_file_read(struct dump_file *file, uint64_t offset, void *buf, size_t length)
{
	size_t got;

	TRY(dump_file_read_some(file, offset, buf, length, &got));
	if (got < length)
		return err_new(ERR_TRUNCATED,
			       "beyond the end of the truncated file (offset 0x%" PRIx64 ")",
			       offset + got);
	return NULL;
}

bool dump_file_holds(const struct dump_file *file, uint64_t offset, uint64_t length)
{
	uint64_t size = dump_file_size(file);

	return offset <= size && length <= size - offset;
}
