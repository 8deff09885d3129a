/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of disks, file systems and inodes. */
#include "locks/device.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

#define BDEV_FS "bdev" /* the file system all block devices' inodes are of */

bool device_read_name(struct kernel *kernel, uint64_t object, enum member_id id, char *buf,
		      size_t size)
{
	uint64_t pointer;

	return err_ok(member_read(kernel, object, id, &pointer)) &&
	       err_ok(memory_read_string(kernel->memory, pointer, buf, size)) &&
	       is_printable(buf, strlen(buf));
}

bool device_super_block_name(struct kernel *kernel, uint64_t super_block, char *buf, size_t size)
{
	char device[33] = "", kind[32];
	uint64_t type;

	if (!err_ok(member_read(kernel, super_block, MEMBER_SB_TYPE, &type)) ||
	    !device_read_name(kernel, type, MEMBER_FS_TYPE_NAME, kind, sizeof(kind)) ||
	    !err_ok(member_read_string(kernel, super_block, MEMBER_SB_ID, device,
				       sizeof(device))) ||
	    !is_printable(device, strlen(device)))
		return false;
	/* A file system without a device is called by its own name in s_id. */
	if (!strcmp(device, kind))
		snprintf(buf, size, "%s", kind);
	else
		snprintf(buf, size, "%s (%s)", device, kind);
	return true;
}

#define PARTITION_MASK 0xff /* BD_PARTNO of __bd_flags; before, bd_partno was a member of its own */

/* Where a disk's name ends in a digit its partitions get a "p", as disk_name() has it. */
void device_disk_name(struct kernel *kernel, uint64_t disk, uint64_t partition, char *buf,
		      size_t size)
{
	char name[33];

	if (!disk ||
	    !err_ok(member_read_string(kernel, disk, MEMBER_DISK_NAME, name, sizeof(name))) ||
	    !is_printable(name, strlen(name)))
		return;
	char last = name[strlen(name) - 1];
	partition &= PARTITION_MASK;
	if (partition)
		snprintf(buf, size, "%s%s%" PRIu64, name, last >= '0' && last <= '9' ? "p" : "",
			 partition);
	else
		copy_string(buf, size, name);
}

void device_bdev_name(struct kernel *kernel, uint64_t bdev, char *buf, size_t size)
{
	uint64_t disk, partition;

	buf[0] = '\0';
	if (!err_ok(member_read(kernel, bdev, MEMBER_BDEV_DISK, &disk)))
		return;
	if (!err_ok(member_read(kernel, bdev, MEMBER_BDEV_PARTITION, &partition)))
		partition = 0;
	device_disk_name(kernel, disk, partition, buf, size);
}

/* The device under a file system; one that has none is called by its own name. */
static void file_system_name(struct kernel *kernel, uint64_t super_block, char *buf, size_t size)
{
	uint64_t bdev;

	if (err_ok(member_read(kernel, super_block, MEMBER_SB_BDEV, &bdev)) && bdev)
		device_bdev_name(kernel, bdev, buf, size);
	if (!buf[0] && !device_super_block_name(kernel, super_block, buf, size))
		buf[0] = '\0';
}

/* The inodes of block devices are one file system of their own: struct bdev_inode, block/bdev.c */
void device_of_inode(struct kernel *kernel, uint64_t inode, char *buf, size_t size)
{
	const struct member *in_bdev = members_get(kernel->members, MEMBER_BDEV_INODE);
	uint64_t super_block;
	char name[80];

	if (!err_ok(member_read(kernel, inode, MEMBER_INODE_SB, &super_block)) ||
	    !device_super_block_name(kernel, super_block, name, sizeof(name)))
		return;
	if (in_bdev && !strcmp(name, BDEV_FS))
		device_bdev_name(kernel, inode - member_offset(in_bdev), buf, size);
	else
		file_system_name(kernel, super_block, buf, size);
}

bool device_inode_name(struct kernel *kernel, uint64_t inode, char *buf, size_t size)
{
	uint64_t number, super_block;
	char where[80];

	if (!err_ok(member_read(kernel, inode, MEMBER_INODE_NUMBER, &number)) ||
	    !err_ok(member_read(kernel, inode, MEMBER_INODE_SB, &super_block)) ||
	    !device_super_block_name(kernel, super_block, where, sizeof(where)))
		return false;
	snprintf(buf, size, "inode %" PRIu64 " on %s", number, where);
	/* Nobody knows a block device by the number of its inode. */
	char device[64] = "";
	if (!strcmp(where, BDEV_FS))
		device_of_inode(kernel, inode, device, sizeof(device));
	if (device[0])
		snprintf(buf, size, "block device %s", device);
	return true;
}
