/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory as it was, byte for byte, without any header: QEMU's pmemsave, dd of a memory device, the
 * memory file of a virtual machine's snapshot (VMware's .vmem, cloud-hypervisor's memory-ranges). It is
 * told by what is in it: the page of VMCOREINFO, or the kernel's banner.
 *
 * Below 4 GiB a machine has a hole for its devices, which some writers keep (pmemsave) and some skip
 * (VMware, cloud-hypervisor), at 2, 3 or 3.25 GiB. Where a file does not show by itself that it was kept,
 * what lies behind the lowest of these is of no certain address, and is not read.
 */
#include "kernel/dump/dump_raw.h"

#include <stdlib.h>

#include "kernel/dump/dump_segments.h"
#include "kernel/dump/linux_signs.h"

#define RAW_MIN (1u << 20) /* no kernel fits in less */
#define LOOK (1u << 20)	   /* bytes at a time */
#define LOOK_MAX                                                                                   \
	(16ull << 30) /* in all: seconds from a fast disk; what is written, not the holes */
#define HOLE_MIN (2ull << 30)
#define HOLE_END (4ull << 30)
#define DEVICES (HOLE_END - (64ull << 20)) /* of no machine is this memory */
#define STRIDE (64ull << 10)

static struct err *has_kernel(struct dump_file *file, bool *ret)
{
	_free_ char *data = malloc(LOOK + LINUX_SIGN_BYTES);
	uint64_t size = dump_file_size(file), looked = 0;
	size_t got;

	if (!data)
		return &err_nomem;
	*ret = false;
	for (uint64_t at = dump_file_next_data(file, 0); at < size && !*ret && looked < LOOK_MAX;
	     at = dump_file_next_data(file, at + LOOK)) {
		looked += LOOK;
		TRY(dump_file_read_some(file, at, data, LOOK + LINUX_SIGN_BYTES, &got));
		*ret = linux_signs_in(data, got);
	}
	return NULL;
}

/* Nothing where the devices are: what lies behind is where it was. */
static bool keeps_hole(struct dump_file *file)
{
	if (dump_file_size(file) <= HOLE_END)
		return false;
	for (uint64_t at = DEVICES; at < HOLE_END; at += STRIDE) {
		uint64_t words[8];

		if (!err_ok(dump_file_read(file, at, words, sizeof(words))))
			return false;
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if (words[i] && words[i] != UINT64_MAX)
				return false;
	}
	return true;
}

static uint64_t placed_size(struct dump_file *file)
{
	uint64_t size = dump_file_size(file);

	return size <= HOLE_MIN || keeps_hole(file) ? size : HOLE_MIN;
}

struct err *raw_dump_open(const struct dump_files *files, struct dump_info *info,
			  struct container **ret)
{
	_cleanup_(cleanup_segment_dump_close) struct segment_dump *dump = NULL;
	struct dump_file *file = files->at[0];
	uint64_t size = placed_size(file);
	bool found = false;

	if (size >= RAW_MIN)
		TRY(has_kernel(file, &found));
	if (!found)
		return err_new(ERR_INVALID,
			       "no crash dump: the file's format is not known, and there is "
			       "no Linux kernel in it");
	TRY(segment_dump_new(file, 1, &dump));
	segment_dump_add(dump, 0, size, 0, size);
	TRY(segment_dump_finish(dump, "raw", info));
	info->unplaced = dump_file_size(file) - size;
	*ret = &take_ptr(dump)->container;
	return NULL;
}
