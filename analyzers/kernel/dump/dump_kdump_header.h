/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_DUMP_DUMP_KDUMP_HEADER
#define TRIAGE_KERNEL_DUMP_DUMP_KDUMP_HEADER

#include "kernel/dump/dump_container.h"
#include "kernel/dump/dump_kdump_format.h"

/*
 * Read both headers, mended where a known writer gets them wrong; what this version of the header does
 * not have is zero. ERR_NOT_FOUND where this is no kdump file.
 */
struct err *kdump_header_read(struct dump_file *file, struct kdump_header *ret,
			      struct kdump_sub_header *sub);
/* Where the notes lie, and what the headers say of the dump. */
void kdump_header_tell(const struct kdump_header *header, const struct kdump_sub_header *sub,
		       struct container *container, struct dump_info *info);

#endif
