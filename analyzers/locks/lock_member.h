/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOCK_MEMBER
#define TRIAGE_LOCKS_LOCK_MEMBER

#include "kernel/types/types.h"

/*
 * The path of the lock at this offset of a type: "vfs_inode.i_rwsem", "levels[1]". False when the
 * type has none just there, so the address is no lock in an object of this type.
 */
bool lock_member_find(struct type type, uint64_t offset, char *path, size_t size);

#endif
