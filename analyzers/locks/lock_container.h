/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOCKS_LOCK_CONTAINER
#define TRIAGE_LOCKS_LOCK_CONTAINER

#include "kernel/kernel.h"
#include "locks/lock.h"

/* Each fills type, member, object and name of a place, or returns false when it is not its lock. */

/* A lock in an object of a slab cache, by lock_containers.def; place->owner is known. */
bool lock_container_slab(struct kernel *kernel, struct lock_place *place);
/* A lock of a memory node: its zones' and LRU lists'. struct pglist_data, include/linux/mmzone.h */
bool lock_container_node(struct kernel *kernel, uint64_t address, struct lock_place *place);
/* A lock of a mounted file system. struct super_block, include/linux/fs.h */
bool lock_container_super_block(struct kernel *kernel, uint64_t address, struct lock_place *place);

/* How many caches were merged into this one, itself included; 1 where that cannot be read. */
uint64_t lock_container_cache_users(struct kernel *kernel, const struct slab_cache *cache);

#endif
