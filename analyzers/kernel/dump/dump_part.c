/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells which files are one dump, and whether all of them are there. */
#include "kernel/dump/dump_part.h"

#include <inttypes.h>
#include <string.h>

#include "base/io.h"
#include "kernel/dump/dump_info.h"
#include "kernel/dump/dump_kdump_end.h"
#include "kernel/dump/dump_kdump_format.h"
#include "kernel/dump/dump_sadump_format.h"

static bool read_all(int fd, uint64_t offset, void *buf, size_t length)
{
	size_t got;

	return err_ok(io_read_at(fd, offset, buf, length, &got)) && got == length;
}

/* All files of a set have one header; the sub header says which pages each is for. */
static bool read_split(int fd, struct dump_part *ret)
{
	struct kdump_header header;
	struct kdump_sub_header sub;
	bool wide;

	if (!read_all(fd, 0, &header, sizeof(header)) || !kdump_is_signature(header.signature) ||
	    header.version < 2 || header.version > KDUMP_VERSION_MAX ||
	    header.block_size != PAGE_SIZE || !read_all(fd, PAGE_SIZE, &sub, sizeof(sub)) ||
	    !sub.split)
		return false;
	/* What may be one file's alone: that it is incomplete, and how much of it was written. */
	header.status = 0;
	memset(header.counters, 0, sizeof(header.counters));
	ret->id_size = MIN(sizeof(header), sizeof(ret->id));
	memcpy(ret->id, &header, ret->id_size);
	wide = header.version >= 6;
	ret->first = wide ? sub.start_pfn_64 : sub.start_pfn;
	ret->end = wide ? sub.end_pfn_64 : sub.end_pfn;
	ret->all = wide ? sub.max_mapnr_64 : header.max_mapnr;
	return true;
}

/* The disks of a set keep their names from dump to dump: its time tells which are of one. */
static bool read_disk(int fd, struct dump_part *ret)
{
	struct sadump_part_header part;

	if (!read_all(fd, 0, &part, sizeof(part)) || !sadump_is_part(&part) || !part.number)
		return false;
	ret->id_size = sizeof(part.system) + sizeof(part.set) + sizeof(part.time);
	memcpy(ret->id, part.system, sizeof(part.system));
	memcpy(ret->id + sizeof(part.system), part.set, sizeof(part.set));
	memcpy(ret->id + sizeof(part.system) + sizeof(part.set), part.time, sizeof(part.time));
	ret->first = part.number;
	return true;
}

bool dump_part_read(int fd, struct dump_part *ret)
{
	*ret = (struct dump_part){0};
	return read_split(fd, ret) || read_disk(fd, ret);
}

static struct err *read_some(void *context, uint64_t offset, void *buf, size_t length, size_t *ret)
{
	const int *fd = context;

	return io_read_at(*fd, offset, buf, length, ret);
}

uint64_t dump_part_end(int fd)
{
	struct kdump_header header;
	struct dump_part part = {0};
	struct kdump_extent extent;

	if (!read_split(fd, &part) || !read_all(fd, 0, &header, sizeof(header)))
		return 0;
	extent = (struct kdump_extent){.first = part.first, .pages_end = part.end};
	return err_ok(kdump_extent_find(read_some, &fd, &header, &extent)) ? extent.end : 0;
}

bool dump_part_same(const struct dump_part *a, const struct dump_part *b)
{
	return a->id_size == b->id_size && !memcmp(a->id, b->id, a->id_size) && a->all == b->all;
}

/* Where the pages end that parts cover from this one on without a gap. */
static uint64_t covered_to(const struct dump_part *parts, size_t count, uint64_t from)
{
	for (size_t rounds = 0; rounds < count; rounds++)
		for (size_t i = 0; i < count; i++)
			if (parts[i].first <= from && parts[i].end > from)
				from = parts[i].end;
	return from;
}

static struct err *check_pages(const struct dump_part *parts, size_t count)
{
	uint64_t end = covered_to(parts, count, 0);

	if (end >= parts[0].all)
		return NULL;
	return err_new(
		ERR_UNSUPPORTED,
		"%zu file%s of a split dump, and the one from page %" PRIu64 " on is missing: put "
		"all of them into one directory, or join them with makedumpfile --reassemble",
		count, count == 1 ? "" : "s", end);
}

/* How many disks there are says the first. */
static struct err *check_disks(const int *fds, const struct dump_part *parts, size_t count)
{
	struct sadump_set_header set = {.disks = 1};
	uint64_t seen = 0;

	for (size_t i = 0; i < count; i++) {
		if (parts[i].first == 1)
			(void)read_all(fds[i], PAGE_SIZE, &set, sizeof(set));
		seen |= parts[i].first <= 64 ? 1ull << (parts[i].first - 1) : 0;
	}
	for (uint32_t disk = 1; disk <= MIN(set.disks, 64u); disk++)
		if (!(seen >> (disk - 1) & 1))
			return err_new(ERR_UNSUPPORTED,
				       "%zu disk%s of a SADUMP, and disk %" PRIu32
				       " is missing: put all of them into one directory, or give "
				       "them one after the other",
				       count, count == 1 ? "" : "s", disk);
	return NULL;
}

struct err *dump_part_check(const int *fds, size_t count)
{
	_free_ struct dump_part *parts = calloc(count + 1, sizeof(*parts));

	if (!parts)
		return &err_nomem;
	for (size_t i = 0; i < count; i++)
		if (!dump_part_read(fds[i], &parts[i]))
			return NULL; /* then it is for its reader to say */
	return parts[0].all ? check_pages(parts, count) : check_disks(fds, parts, count);
}
