/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What files hold, by mount. Of tmpfs mm/shmem.c counts blocks where a mount has a limit, as all but its own has; of
 * others each inode counts its pages in the page cache.
 */
#include <string.h>

#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/mm/mm_counters.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/object.h"
#include "kernel/types/walk.h"
#include "memory/usage_read.h"
#include "memory/usage_top.h"
#include "memory/usage_path.h"

#define SUPERBLOCKS_MAX 65536
#define INODES_MAX 500000 /* of all file systems */

static bool read_type(struct kernel *kernel, uint64_t sb, char *text, size_t size)
{
	uint64_t type, name;

	return err_ok(member_read(kernel, sb, MEMBER_SB_TYPE, &type)) &&
	       err_ok(member_read(kernel, type, MEMBER_FS_TYPE_NAME, &name)) &&
	       err_ok(memory_read_string(kernel->memory, name, text, size));
}

static bool is_tmpfs(const char *type)
{
	return !strcmp(type, "tmpfs") || !strcmp(type, "devtmpfs");
}

/* One of its mounts: a list of them, or since v6.18 a pointer to the first. */
static bool first_mount(struct kernel *kernel, uint64_t sb, uint64_t *ret)
{
	const struct member *instance = members_get(kernel->members, MEMBER_MOUNT_INSTANCE);
	const struct member *mounts = members_get(kernel->members, MEMBER_SB_MOUNTS);
	uint64_t head, first;

	if (!mounts)
		return false;
	head = sb + member_offset(mounts);
	if (!err_ok(memory_read_u64(kernel->memory, head, &first)) || !first || first == head)
		return false;
	*ret = mounts->type.kind == TYPE_POINTER ? first
						 : first - (instance ? member_offset(instance) : 0);
	return mounts->type.kind == TYPE_POINTER || instance;
}

static void name_mount(struct kernel *kernel, uint64_t sb, struct usage_mount *one)
{
	uint64_t mount, device;

	if (!first_mount(kernel, sb, &mount))
		return;
	usage_path_of_mount(kernel, mount, one->path, sizeof(one->path));
	if (!err_ok(member_read(kernel, mount, MEMBER_MOUNT_DEVICE, &device)) ||
	    !err_ok(memory_read_string(kernel->memory, device, one->device, sizeof(one->device))))
		one->device[0] = '\0';
}

static void add_mount(struct kernel *kernel, uint64_t sb, const char *type, uint64_t pages,
		      struct usage_mount *list, size_t *count)
{
	int at = usage_top_place(list, sizeof(*list), count, offsetof(struct usage_mount, pages),
				 pages);

	if (at < 0)
		return;
	list[at].pages = pages;
	copy_string(list[at].type, sizeof(list[at].type), type);
	name_mount(kernel, sb, &list[at]);
}

/* Calls each with every super block, and its file system's type. */
static void each_superblock(struct kernel *kernel, struct usage *usage,
			    void (*each)(struct kernel *kernel, uint64_t sb, const char *type,
					 struct usage *usage, uint64_t *left))
{
	const struct member *list = members_get(kernel->members, MEMBER_SB_LIST);
	_list_walk_ struct list_walk walk = {0};
	uint64_t head, left = INODES_MAX;
	char type[sizeof(usage->mounts->type)];

	if (!list || !symbols_find(kernel->symbols, "super_blocks", &head))
		return;
	list_walk_init(&walk, kernel, head, SUPERBLOCKS_MAX);
	while (list_walk_next(&walk)) {
		uint64_t sb = walk.node - member_offset(list);

		if (read_type(kernel, sb, type, sizeof(type)))
			each(kernel, sb, type, usage, &left);
	}
}

static void read_tmpfs(struct kernel *kernel, uint64_t sb, const char *type, struct usage *usage,
		       uint64_t *left)
{
	const struct member *used = members_get(kernel->members, MEMBER_SHMEM_USED);
	uint64_t info, pages;

	(void)left;
	if (used && is_tmpfs(type) && err_ok(member_read(kernel, sb, MEMBER_SB_FS_INFO, &info)) &&
	    info && mm_percpu_counter(kernel, info + member_offset(used), &pages) &&
	    pages <= usage->total)
		add_mount(kernel, sb, type, pages, usage->mounts, &usage->mount_count);
}

struct err *usage_read_mounts(struct kernel *kernel, struct usage *usage)
{
	each_superblock(kernel, usage, read_tmpfs);
	return NULL;
}

/* The pages of all its inodes; a list that is too long, or broken, counts as far as it was read. */
static void read_cached(struct kernel *kernel, uint64_t sb, const char *type, struct usage *usage,
			uint64_t *left)
{
	const struct member *inodes = members_get(kernel->members, MEMBER_SB_INODES);
	const struct member *link = members_get(kernel->members, MEMBER_INODE_SB_LIST);
	_list_walk_ struct list_walk walk = {0};
	uint64_t sum = 0, pages;

	if (!inodes || !link || is_tmpfs(type))
		return;
	list_walk_init(&walk, kernel, sb + member_offset(inodes), *left);
	while (list_walk_next(&walk)) {
		--*left;
		if (err_ok(member_read(kernel, walk.node - member_offset(link), MEMBER_INODE_PAGES,
				       &pages)) &&
		    pages <= usage->total)
			sum += pages;
	}
	add_mount(kernel, sb, type, MIN(sum, usage->total), usage->caches, &usage->cache_count);
}

struct err *usage_read_caches(struct kernel *kernel, struct usage *usage)
{
	if (members_has(kernel->members, MEMBER_INODE_PAGES))
		each_superblock(kernel, usage, read_cached);
	return NULL;
}
