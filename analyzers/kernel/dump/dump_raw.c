/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory as it was, byte for byte, without any header: QEMU's pmemsave, dd of a memory device, the
 * memory file of a virtual machine's snapshot (VMware's .vmem, cloud-hypervisor's memory-ranges). It is
 * told by what is in it: the page of VMCOREINFO, or the kernel's banner.
 *
 * Below 4 GiB a machine has a hole for its devices, which some writers keep (pmemsave) and some skip
 * (VMware, cloud-hypervisor), at 2, 3 or 3.25 GiB. The kernel's page tables tell (dump_raw_place.c). Where
 * they don't, and the file does not show by itself that it was kept, what lies behind the lowest of these is of
 * no certain address, and is not read.
 */
#include "kernel/dump/dump_raw.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/dump/dump_raw_place.h"
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
#define NOTES_TRIED 8

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

/* The first page of VMCOREINFO from this offset on; the file's size when there is none. */
static uint64_t find_vmcoreinfo(struct dump_file *file, char *data, uint64_t from)
{
	static const char first[] = "OSRELEASE=";
	uint64_t size = dump_file_size(file), looked = 0;
	size_t got;

	for (uint64_t at = dump_file_next_data(file, from) & ~(uint64_t)(PAGE_SIZE - 1);
	     at < size && looked < LOOK_MAX; at = dump_file_next_data(file, at + LOOK)) {
		looked += LOOK;
		at &= ~(uint64_t)(PAGE_SIZE - 1);
		if (!err_ok(dump_file_read_some(file, at, data, LOOK, &got)))
			break;
		for (size_t page = 0; page + sizeof(first) <= got; page += PAGE_SIZE)
			if (at + page >= from && !memcmp(data + page, first, sizeof(first) - 1))
				return at + page;
	}
	return size;
}

/* Another kernel's note may lie in memory too, of the boot before. */
static struct err *find_hole(struct dump_file *file, uint64_t *hole, bool *found)
{
	_free_ char *data = malloc(LOOK);
	uint64_t at = 0;

	if (!data)
		return &err_nomem;
	*found = false;
	for (unsigned tries = 0; tries < NOTES_TRIED && !*found; tries++) {
		at = find_vmcoreinfo(file, data, at);
		if (at >= dump_file_size(file))
			break;
		*found = raw_place_find(file, at, hole);
		at += PAGE_SIZE;
	}
	return NULL;
}

/* Where the pages are; *unplaced: bytes of which it is not known. */
static struct err *place(struct segment_dump *dump, struct dump_file *file, uint64_t *unplaced)
{
	uint64_t size = dump_file_size(file), hole = 0;
	bool found = size <= HOLE_MIN;

	*unplaced = 0;
	if (!found)
		TRY(find_hole(file, &hole, &found));
	if (found && hole) {
		segment_dump_add(dump, 0, hole, 0, hole);
		segment_dump_add(dump, HOLE_END, size - hole, hole, size - hole);
		return NULL;
	}
	if (!found && !keeps_hole(file)) {
		*unplaced = size - HOLE_MIN;
		size = HOLE_MIN;
	}
	segment_dump_add(dump, 0, size, 0, size);
	return NULL;
}

struct err *raw_dump_open(const struct dump_files *files, struct dump_info *info,
			  struct container **ret)
{
	_cleanup_(cleanup_segment_dump_close) struct segment_dump *dump = NULL;
	struct dump_file *file = files->at[0];
	uint64_t unplaced;
	bool found = false;

	if (dump_file_size(file) >= RAW_MIN)
		TRY(has_kernel(file, &found));
	if (!found)
		return err_new(ERR_INVALID,
			       "no crash dump: the file's format is not known, and there is "
			       "no Linux kernel in it");
	TRY(segment_dump_new(file, 2, &dump));
	TRY(place(dump, file, &unplaced));
	TRY(segment_dump_finish(dump, "raw", info));
	info->unplaced = unplaced;
	*ret = &take_ptr(dump)->container;
	return NULL;
}
