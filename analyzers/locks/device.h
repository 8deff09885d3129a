/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_DEVICE
#define TRIAGE_LOCKS_DEVICE

#include "kernel/kernel.h"
#include "kernel/types/members.h"

/*
 * What people call disks, file systems and inodes. All names are read from the dump: what is not
 * printable is no name. Functions that return nothing leave buf as it was when there is none.
 */

/* "vda2" of a gendisk (include/linux/blkdev.h) and a partition number or bd_flags, 0: the whole. */
void device_disk_name(struct kernel *kernel, uint64_t disk, uint64_t partition, char *buf,
		      size_t size);
/* "vda2" of a block_device (include/linux/blk_types.h), "" when it cannot be read. */
void device_bdev_name(struct kernel *kernel, uint64_t bdev, char *buf, size_t size);
/* "vda1 (ext4)" of a super_block (include/linux/fs.h); false when it cannot be read. */
bool device_super_block_name(struct kernel *kernel, uint64_t super_block, char *buf, size_t size);
/* The block device an inode is, or lies on; its file system's own name where that has none. */
void device_of_inode(struct kernel *kernel, uint64_t inode, char *buf, size_t size);
/* "inode 12 on vda1 (ext4)", "block device vda"; false when it cannot be read. */
bool device_inode_name(struct kernel *kernel, uint64_t inode, char *buf, size_t size);
/* A char * member's string; false when it cannot be read or is not printable. */
bool device_read_name(struct kernel *kernel, uint64_t object, enum member_id id, char *buf,
		      size_t size);

#endif
