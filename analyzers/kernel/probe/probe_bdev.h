/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_PROBE_PROBE_BDEV
#define TRIAGE_KERNEL_PROBE_PROBE_BDEV

#include "base/error.h"

struct kernel;
struct type_provider;

/*
 * Add bdev_inode.vfs_inode (block/bdev.c, fs/block_dev.c before v5.15): behind a block device whose disk
 * has a name. Needs members of super_block, inode, block_device and gendisk by the kernel's code. Fails on
 * out-of-memory alone.
 */
struct err *probe_bdev(struct kernel *kernel, struct type_provider *types);

#endif
