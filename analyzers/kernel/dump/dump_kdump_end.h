/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_KDUMP_END
#define TRIAGE_KERNEL_DUMP_DUMP_KDUMP_END

#include <stddef.h>

#include "base/error.h"

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

#endif
