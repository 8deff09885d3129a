/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_KDUMP_END
#define TRIAGE_KERNEL_DUMP_DUMP_KDUMP_END

#include <stddef.h>

#include "base/error.h"
#include "kernel/dump/dump_kdump_format.h"

/* Reads as many of length bytes at offset as there are. */
typedef struct err *(*kdump_read)(void *context, uint64_t offset, void *buf, size_t length,
				  size_t *ret);

/*
 * Where the page data of a kdump file ends, in bytes from its start: 0 when no descriptor tells.
 * table is the offset of its count page descriptors. They are in the order of their data, but for
 * pages of zeros: makedumpfile and QEMU store one, at the front, for all of these, and memory may
 * end with many. Bounded: of more than a million such at the end, the last are looked at.
 */
struct err *kdump_data_end(kdump_read read, void *context, uint64_t table, uint64_t count,
			   uint64_t *ret);

/* Pages [first, pages_end) of a kdump file, and how long they make it. */
struct kdump_extent {
	uint64_t first, pages_end;
	uint64_t table, count; /* of their descriptors: the offset, how many */
	uint64_t end;	       /* of their data; 0 when no descriptor tells */
};

/*
 * Fill in table, count and end by header and bitmap. Bounded: a header of absurd sizes has ERR_CORRUPT; what
 * the file does not hold counts as no page.
 */
struct err *kdump_extent_find(kdump_read read, void *context, const struct kdump_header *header,
			      struct kdump_extent *extent);

#endif
