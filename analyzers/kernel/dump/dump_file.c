/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/dump/dump_file.h"

#include "kernel/dump/dump_flattened.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct source {
	int fd;
	uint64_t file_size;
	bool flattened;
	struct flat flat;
};

struct err *source_open(int fd, struct source **ret)
{
	_cleanup_(cleanup_source_close) struct source *source = calloc(1, sizeof(*source));
	struct stat st;

	if (!source)
		return &err_nomem;
	if (fstat(fd, &st))
		return err_errno(errno, "stat the dump");
	if (!S_ISREG(st.st_mode))
		return err_new(ERR_INVALID, "not a regular file");
	source->fd = fd;
	source->file_size = (uint64_t)st.st_size;
	source->flattened = flat_is(fd);
	if (source->flattened)
		TRY(flat_read(fd, source->file_size, &source->flat));
	*ret = take_ptr(source);
	return NULL;
}

void source_close(struct source *source)
{
	if (source)
		flat_deinit(&source->flat);
	free(source);
}

uint64_t source_size(const struct source *source)
{
	return source->flattened ? source->flat.size : source->file_size;
}

uint64_t source_file_size(const struct source *source)
{
	return source->file_size;
}

bool source_flattened(const struct source *source)
{
	return source->flattened;
}

bool source_truncated(const struct source *source)
{
	return source->flat.truncated;
}

/* pread() that goes on after signals and short reads; stops at the end of the file. */
static struct err *read_file(const struct source *source, uint64_t offset, char *buf, size_t length,
			     size_t *ret)
{
	size_t done = 0;

	while (done < length) {
		ssize_t got;

		/* Offsets come from the dump: beyond what off_t holds there is no data. */
		if (offset + done > INT64_MAX || offset + done < offset)
			break;
		got = pread(source->fd, buf + done, length - done, (off_t)(offset + done));
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
static struct err *read_flat(const struct source *source, uint64_t offset, char *buf, size_t length,
			     size_t *ret)
{
	size_t done = 0;

	while (done < length) {
		uint64_t at = offset + done;
		const struct flat_segment *segment = flat_find(&source->flat, at);
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
		TRY(read_file(source, segment->place + (at - segment->offset), buf + done, part,
			      &got));
		done += got;
		if (got < part)
			break;
	}
	*ret = done;
	return NULL;
}

struct err *source_read_some(struct source *source, uint64_t offset, void *buf, size_t length,
			     size_t *ret)
{
	return source->flattened ? read_flat(source, offset, buf, length, ret)
				 : read_file(source, offset, buf, length, ret);
}

struct err *source_read(struct source *source, uint64_t offset, void *buf, size_t length)
{
	size_t got;

	TRY(source_read_some(source, offset, buf, length, &got));
	if (got < length)
		return err_new(ERR_TRUNCATED,
			       "beyond the end of the truncated file (offset 0x%" PRIx64 ")",
			       offset + got);
	return NULL;
}

bool source_holds(const struct source *source, uint64_t offset, uint64_t length)
{
	uint64_t size = source_size(source);

	return offset <= size && length <= size - offset;
}
