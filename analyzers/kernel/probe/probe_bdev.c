/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a block device has its inode, by the inodes that are some. */
#include "kernel/probe/probe_bdev.h"

#include <string.h>

#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
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

static bool find(struct type_provider *types, const char *type, const char *name, uint64_t *ret)
{
	struct member member;

	if (!type_find_member(types->ops->find(types, TYPE_STRUCT, type), name, &member))
		return false;
	*ret = member_offset(&member);
	return true;
}

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
static bool fits(const struct inodes *inodes, uint64_t offset)
{
	size_t devices = 0;

	for (size_t i = 0; i < inodes->count; i++)
		devices += is_device(inodes, inodes->list[i] - offset);
	return devices >= DEVICES_MIN && devices + 1 >= inodes->count;
}

struct err *probe_bdev(struct kernel *kernel, struct type_provider *types)
{
	struct inodes inodes = {.kernel = kernel};
	uint64_t variable, super_block, list, link, at = 0;
	unsigned found = 0;

	if (!symbols_find(kernel->symbols, "blockdev_superblock", &variable) ||
	    !err_ok(memory_read_u64(kernel->memory, variable, &super_block)) ||
	    !find(types, "super_block", "s_inodes", &list) ||
	    !find(types, "inode", "i_sb_list", &link) ||
	    !find(types, "block_device", "bd_disk", &inodes.disk) ||
	    !find(types, "gendisk", "disk_name", &inodes.name))
		return NULL;
	read_inodes(&inodes, super_block, list, link);
	for (uint64_t offset = inodes.disk + 8; offset < BDEV_BYTES; offset += 8)
		if (fits(&inodes, offset)) {
			at = offset;
			found++;
		}
	return found == 1 ? probed_witness(types, "bdev_inode", "vfs_inode", at, PROBED_CHARS(8))
			  : NULL;
}
