/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_FROZEN_FS
#define TRIAGE_LOCKS_FROZEN_FS

#include "kernel/kernel.h"
#include "kernel/locking/waitlist.h"
#include "locks/lock.h"

/* super_block.s_writers.frozen, include/linux/fs.h */
enum freeze_state {
	SB_UNFROZEN,
	SB_FREEZE_WRITE,
	SB_FREEZE_PAGEFAULT,
	SB_FREEZE_FS,
	SB_FREEZE_COMPLETE
};

/* Of the file system at this super_block, and SB_UNFROZEN where that cannot be read. */
enum freeze_state frozen_fs_state_of(struct kernel *kernel, uint64_t super_block);
/* Of the file system whose s_writers this lock is one of, or part of one; SB_UNFROZEN for any other. */
enum freeze_state frozen_fs_state(struct kernel *kernel, const struct lock *lock);
/* "ext4 on vda" */
void frozen_fs_name(struct kernel *kernel, const struct lock *lock, struct str *text);
/* Nobody holds the lock of a frozen file system: whoever froze it has gone on. */
void frozen_fs_describe(struct kernel *kernel, const struct waitlist *list, struct lock *lock);

#endif
