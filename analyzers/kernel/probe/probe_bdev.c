/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a block device has its inode, by the inodes that are some. */
#include "kernel/probe/probe_bdev.h"

#include <string.h>

#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/probe/code_origin.h"
#include "kernel/symbols/symbol.h"
#include "kernel/probe/probe_find.h"
#include "kernel/types/probed.h"

#define INODES_MAX 64u
#define BDEV_BYTES 2048u
#define DEVICES_MIN 2u

struct inodes {
	struct kernel *kernel;
	uint64_t list[INODES_MAX];
	size_t count;
	uint64_t disk, name; /* of block_device; of gendisk */
};

/* All of the file system that block devices are the inodes of. */
static void read_inodes(struct inodes *inodes, uint64_t super_block, uint64_t list, uint64_t link)
{
	struct memory *memory = inodes->kernel->memory;
	uint64_t head = super_block + list, node;

	if (!err_ok(memory_read_u64(memory, head, &node)))
		return;
	while (node != head && memory_is_kernel(memory, node) && inodes->count < INODES_MAX) {
		inodes->list[inodes->count++] = node - link;
		if (!err_ok(memory_read_u64(memory, node, &node)))
			return;
	}
}

static bool is_device(const struct inodes *inodes, uint64_t device)
{
	struct memory *memory = inodes->kernel->memory;
	uint64_t disk;
	char name[32];

	return err_ok(memory_read_u64(memory, device + inodes->disk, &disk)) && disk % 8 == 0 &&
	       memory_is_kernel(memory, disk) &&
	       err_ok(memory_read_string(memory, disk + inodes->name, name, sizeof(name))) &&
	       strlen(name) > 1 && is_printable(name, strlen(name));
}

/* The root of the file system is no device; of the others each has to be one. */
static bool fits(const struct inodes *inodes, uint64_t offset, size_t least)
{
	size_t devices = 0;

	for (size_t i = 0; i < inodes->count; i++)
		devices += is_device(inodes, inodes->list[i] - offset);
	return devices >= least && devices + 1 >= inodes->count;
}

/* I_BDEV() returns its argument, which is the inode, less that. */
static struct err *by_code(struct kernel *kernel, bool *found, uint64_t *ret)
{
	_cleanup_(cleanup_flow_close) struct flow *flow = NULL;
	struct code_origin origin;
	uint64_t address;
	unsigned returns = 0;

	*found = false;
	if (!symbols_find(kernel->symbols, "I_BDEV", &address) ||
	    !TRY_OK(flow_open(kernel, address, &flow)))
		return NULL;
	for (size_t i = 0; i < flow->count; i++) {
		const struct insn *insn = &flow->insns[i];

		if (!insn->is_return && !(insn->is_jump && !insn->is_conditional))
			continue;
		*found = code_origin(kernel, flow, REG_RAX, i, &origin) &&
			 origin.source == FROM_ARGUMENT && origin.argument == 1 && !origin.loaded &&
			 origin.offset < 0 && !returns++;
		*ret = (uint64_t)-origin.offset;
	}
	return NULL;
}

static struct err *by_devices(const struct inodes *inodes, struct type_provider *types)
{
	uint64_t at = 0;
	unsigned found = 0;

	for (uint64_t offset = inodes->disk + 8; offset < BDEV_BYTES; offset += 8)
		if (fits(inodes, offset, DEVICES_MIN)) {
			at = offset;
			found++;
		}
	return found == 1 ? probed_witness(types, "bdev_inode", "vfs_inode", at, PROBED_CHARS(8))
			  : NULL;
}

struct err *probe_bdev(struct kernel *kernel, struct type_provider *types)
{
	struct inodes inodes = {.kernel = kernel};
	uint64_t variable, super_block, list, link, at = 0;
	bool found;

	if (!symbols_find(kernel->symbols, "blockdev_superblock", &variable) ||
	    !err_ok(memory_read_u64(kernel->memory, variable, &super_block)) ||
	    !probe_find(types, "super_block", "s_inodes", &list) ||
	    !probe_find(types, "inode", "i_sb_list", &link) ||
	    !probe_find(types, "block_device", "bd_disk", &inodes.disk) ||
	    !probe_find(types, "gendisk", "disk_name", &inodes.name))
		return NULL;
	read_inodes(&inodes, super_block, list, link);
	TRY(by_code(kernel, &found, &at));
	if (!found)
		return by_devices(&inodes, types);
	/* One device is no witness of its own, but one to what code says; none says nothing. */
	if (inodes.count && !fits(&inodes, at, MIN(inodes.count - 1, DEVICES_MIN)))
		return NULL;
	TRY(probed_witness(types, "bdev_inode", "vfs_inode", at, PROBED_CHARS(8)));
	return inodes.count > 1
		       ? probed_witness(types, "bdev_inode", "vfs_inode", at, PROBED_CHARS(8))
		       : NULL;
}
