/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOCK_NAME
#define TRIAGE_LOCKS_LOCK_NAME

#include "kernel/kernel.h"
#include "kernel/types/types.h"
#include "locks/lock.h"

/* kind: locks.kind, the name of a lock that has none of its own. Never fails: a lock nobody
 * knows is named by its address. */
void lock_place_find(struct kernel *kernel, const char *kind, uint64_t address,
		     struct lock_place *ret);

/* The mm whose mmap_lock stands at this address, 0 when it is no such lock. */
uint64_t lock_mm(struct kernel *kernel, uint64_t address);

/*
 * The parts, for tests. The path of the lock at this offset of a type; false when the type has
 * none just there, so the address is no lock in an object of this type.
 */
bool lock_member(struct type type, uint64_t offset, char *path, size_t size);
/* A lock in an object of a slab cache; false when its type cannot be told. analyzers/locks/lock_containers.def */
bool lock_in_slab(struct kernel *kernel, struct lock_place *place);
/* How many caches were merged into this one, itself included; 1 where that cannot be read. */
uint64_t lock_cache_users(struct kernel *kernel, const struct slab_cache *cache);
/* A lock of a memory node: its zones' and LRU lists'. struct pglist_data, include/linux/mmzone.h */
bool lock_of_node(struct kernel *kernel, uint64_t address, struct lock_place *place);
/* A lock of a mounted file system. struct super_block, include/linux/fs.h */
bool lock_of_super_block(struct kernel *kernel, uint64_t address, struct lock_place *place);

#endif
