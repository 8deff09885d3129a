/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LiME's format (lime.h: lime_mem_range_header), which AVML writes too: each range of memory behind a
 * header that says where it was. Pages of a live machine: no CPU stood still, and no registers.
 */
#include "kernel/dump/dump_lime.h"

#include "kernel/dump/dump_segments.h"

#define LIME_MAGIC 0x4c694d45u
#define AVML_MAGIC 0x4c4d5641u /* the same header; what follows is compressed (snappy, framed) */
#define RANGES_MAX 4096

struct lime_header {
	uint32_t magic, version;
	uint64_t first, last; /* addresses, both included */
	uint8_t reserved[8];
};

/* The header of a range; false at the end, or where what follows is none. */
static bool read_header(struct dump_file *file, uint64_t offset, struct lime_header *ret)
{
	size_t got;

	return err_ok(dump_file_read_some(file, offset, ret, sizeof(*ret), &got)) &&
	       got == sizeof(*ret) && ret->magic == LIME_MAGIC && ret->version == 1 &&
	       ret->last >= ret->first && ret->last >> 52 == 0;
}

struct err *lime_dump_open(const struct dump_files *files, struct dump_info *info,
			   struct container **ret)
{
	_cleanup_(cleanup_segment_dump_close) struct segment_dump *dump = NULL;
	struct dump_file *file = files->at[0];
	struct lime_header header = {0};
	uint64_t at = 0;
	size_t got;

	TRY(dump_file_read_some(file, 0, &header, sizeof(header), &got));
	if (got == sizeof(header) && header.magic == AVML_MAGIC)
		return err_new(ERR_UNSUPPORTED,
			       "the file is a compressed AVML image: unpack it with "
			       "avml-convert");
	if (got < sizeof(header) || header.magic != LIME_MAGIC)
		return err_new(ERR_NOT_FOUND, "no LiME file");
	TRY(segment_dump_new(file, RANGES_MAX, &dump));
	for (size_t i = 0; i < RANGES_MAX && read_header(file, at, &header); i++) {
		uint64_t size = header.last - header.first + 1;

		at += sizeof(header);
		segment_dump_add(dump, header.first, size, at, size);
		at += size;
	}
	TRY(segment_dump_finish(dump, "lime", info));
	*ret = &take_ptr(dump)->container;
	return NULL;
}
