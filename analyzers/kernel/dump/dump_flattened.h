/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_FLATTENED
#define TRIAGE_KERNEL_DUMP_DUMP_FLATTENED

#include <stddef.h>

#include "base/error.h"

/*
 * The order of a flattened dump (makedumpfile -F, QEMU's kdump formats): records of {offset, size,
 * data} as they were written, big-endian (makedumpfile.h: makedumpfile_header,
 * makedumpfile_data_header).
 */
struct flattened_segment {
	uint64_t offset; /* in the dump */
	uint64_t size;
	uint64_t place; /* in the file */
};

struct flattened {
	struct flattened_segment *segments; /* ascending, without overlaps */
	size_t count;
	uint64_t size;	/* of the dump put in order */
	bool truncated; /* no end record, or a record cut short */
};

/* Does this file begin as a flattened dump? */
bool flattened_is(int fd);
/* Read the record headers, and nothing else of the file. */
struct err *flattened_read(int fd, uint64_t file_size, struct flattened *ret);
void flattened_deinit(struct flattened *flat);
/* The segment that holds an offset of the dump, or the first one behind it; NULL past the last. */
const struct flattened_segment *flattened_find(const struct flattened *flat, uint64_t offset);

#endif
